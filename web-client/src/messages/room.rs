//! What somebody wants with the people of a room, with what is set for it, and with its log.

use igoon_shared::{
    client::{
        Command,
        io::{LogWish, RecoveryChoice},
    },
    ids::{AccountId, DeviceId, EntryHash, RoomId, Seq},
    log::{HistoryRule, Role},
};
use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoomWish {
    /// See what may be done to whom. Answered by [`super::ToPage::People`].
    ShowPeople,
    /// See entries of the log. Answered by [`super::ToPage::Log`].
    ShowLog(LogWish),
    /// See what the log says between the messages from one place of the stream to another, both included. Answered by
    /// [`super::ToPage::Lines`].
    ShowLines(Seq, Seq),
    /// See the safety numbers with somebody. Answered by [`super::ToPage::Comparison`].
    Compare(AccountId),
    /// The safety number with somebody matches.
    Mark {
        /// With whom.
        account: AccountId,
        /// The number that was compared.
        number: String,
    },
    /// It does not any more.
    Unmark(AccountId),
    /// Do something. Answered by [`super::ToPage::Changed`] or [`super::ToPage::Failed`].
    Do(RoomDeed),
}

/// Something that is asked twice before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoomDeed {
    /// Put a member out.
    Remove(AccountId),
    /// Let a member do more or less.
    SetRole(AccountId, Role),
    /// Make a member owner in the own place.
    PassOwnership(AccountId),
    /// Go.
    Leave,
    /// Say what newcomers can read.
    SetHistory(HistoryRule),
    /// Say who helps whoever loses every computer.
    SetRecovery(RecoveryChoice),
    /// Object to letting in a computer of this member.
    Veto(EntryHash, AccountId),
    /// Turn down what a computer of this member asks for.
    TurnDown(DeviceId, AccountId),
}

impl RoomWish {
    /// Nothing waits for a connection that others are to notice at once.
    #[must_use]
    pub const fn cannot_wait(&self) -> bool {
        matches!(self, Self::Do(_))
    }

    /// What the core is told.
    #[must_use]
    pub fn command(self, room: RoomId) -> Command {
        match self {
            Self::ShowPeople => Command::ShowPeople { room },
            Self::ShowLog(wish) => Command::ShowLog { room, wish },
            Self::ShowLines(from, to) => Command::ShowLines { room, from, to },
            Self::Compare(account) => Command::Compare { room, account },
            Self::Mark { account, number } => Command::Mark { room, account, number },
            Self::Unmark(account) => Command::Unmark { account },
            Self::Do(RoomDeed::Remove(account)) => Command::RemoveMember { room, account },
            Self::Do(RoomDeed::SetRole(account, role)) => Command::SetRole { room, account, role },
            Self::Do(RoomDeed::PassOwnership(account)) => Command::PassOwnership { room, account },
            Self::Do(RoomDeed::Leave) => Command::Leave { room },
            Self::Do(RoomDeed::SetHistory(history)) => Command::SetHistory { room, history },
            Self::Do(RoomDeed::SetRecovery(choice)) => Command::SetRecovery { room, choice },
            Self::Do(RoomDeed::Veto(entry, _)) => Command::Veto { room, entry },
            Self::Do(RoomDeed::TurnDown(device, _)) => Command::WithdrawRecovery { room, device },
        }
    }
}
