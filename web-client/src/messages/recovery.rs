//! What somebody wants of recovery that is more than a yes.

use igoon_shared::{
    client::Command,
    ids::{DeviceId, RoomId},
    protocol::http::SecretText,
};
use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum RecoveryWish {
    /// See who asks, who waits, and what was chosen. Answered by [`super::ToPage::Recovery`], now and when it changes.
    Show,
    /// Be let in with this computer.
    Ask {
        /// By the service, once it has announced it.
        announce: bool,
    },
    /// Do not be let in any more.
    Withdraw(DeviceId),
    /// Let somebody's computer in.
    Approve {
        /// Which.
        device: DeviceId,
        /// The one that was lost.
        replaces: Option<DeviceId>,
        /// The account's own, asked for once more.
        password: SecretText,
    },
    /// Come in with the code on paper.
    UseKit(SecretText),
}

impl RecoveryWish {
    /// Nothing waits for a connection that its person waits for.
    #[must_use]
    pub const fn cannot_wait(&self) -> bool {
        !matches!(self, Self::Show)
    }

    /// What the core is told.
    #[must_use]
    pub fn command(self, room: RoomId) -> Command {
        match self {
            Self::Show => Command::ShowRecovery { room },
            Self::Ask { announce } => Command::AskRecovery { room, announce },
            Self::Withdraw(device) => Command::WithdrawRecovery { room, device },
            Self::Approve { device, replaces, password } => {
                Command::ApproveRecovery { room, device, replaces, password }
            }
            Self::UseKit(code) => Command::UseKit { room, code },
        }
    }
}
