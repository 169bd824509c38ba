//! What an entry of a room's log says, in plain words: who did what, what it allowed, why it had no effect.

use igoon_shared::{
    client::io::{Computer, Deed, EntryView, LogNames, NewKeys, UnseenWait},
    ids::{AccountId, DeviceId, NameHash},
    log::{
        EpochReason, HistoryRule, IgnoredReason, Role,
        action::{RecoveryMode, Renameable},
    },
    time::Timestamp,
};

use super::{recovery, role, t};

/// An entry in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who did what.
    pub what: String,
    /// What it allowed, where that does not go without saying.
    pub allowed: Option<String>,
    /// When, on which computer.
    pub by: String,
    /// Why it has no effect, if it has none.
    pub ignored: Option<String>,
    /// That this computer saw too little of the wait before it.
    pub unseen: Option<String>,
}

/// Tells an entry. `moment` says when something is, in words.
#[must_use]
pub fn told(entry: &EntryView, names: &LogNames, moment: impl Fn(Timestamp) -> String) -> Told {
    let teller = Teller::of(entry, names, &moment);
    let time = moment(entry.at);
    Told {
        what: teller.what(&entry.deed),
        // What has no effect allowed nothing.
        allowed: if entry.ignored.is_some() { None } else { teller.allowed(&entry.deed) },
        by: match entry.by {
            Some(by) => t!("log-by", time = time, computer = teller.computer(by.device)),
            None => t!("log-by-key", time = time),
        },
        ignored: entry.ignored.map(|why| ignored(why, &entry.deed)),
        unseen: entry.unseen_wait.map(|wait| unseen(&wait, names)),
    }
}

/// Some entries of one kind in one sentence, as it stands between messages. Those who come or go are counted, from the third on.
#[must_use]
pub fn line(entries: &[&EntryView], names: &LogNames, moment: impl Fn(Timestamp) -> String) -> String {
    let [first, rest @ ..] = entries else { return String::new() };
    let teller = Teller::of(first, names, &moment);
    let Some(second) = rest.first() else { return teller.what(&first.deed) };
    let [first_name, second_name] = [first, second].map(|entry| teller.person(entry.by.and_then(|by| by.account)));
    let (first_name, second_name, others) = (first_name.as_str(), second_name.as_str(), rest.len() - 1);
    match (first.deed, others) {
        (Deed::Left, 0) => t!("lines-left-two", first = first_name, second = second_name),
        (Deed::Left, _) => t!("lines-left", first = first_name, second = second_name, count = others),
        (_, 0) => t!("lines-joined-two", first = first_name, second = second_name),
        (_, _) => t!("lines-joined", first = first_name, second = second_name, count = others),
    }
}

/// That somebody was let in after a wait that this computer did not see, and what to do about it.
#[must_use]
pub fn unseen(wait: &UnseenWait, names: &LogNames) -> String {
    let seen = match wait.seen_hours {
        0 => t!("unseen-wait"),
        hours => t!("unseen-wait-partly", hours = hours),
    };
    let asks = if wait.mine { t!("unseen-own") } else { t!("unseen-ask", name = person(names, Some(wait.account))) };
    format!("{seen} {asks}")
}

/// What to call somebody.
#[must_use]
pub fn person(names: &LogNames, account: Option<AccountId>) -> String {
    account.and_then(|account| names.people.get(&account)).cloned().unwrap_or_else(|| t!("somebody"))
}

struct Teller<'a> {
    names: &'a LogNames,
    by: Option<Computer>,
    new_keys: Option<NewKeys>,
    moment: &'a dyn Fn(Timestamp) -> String,
}

impl<'a> Teller<'a> {
    fn of(entry: &EntryView, names: &'a LogNames, moment: &'a dyn Fn(Timestamp) -> String) -> Self {
        Self { names, by: entry.by, new_keys: entry.new_keys, moment }
    }

    fn what(&self, deed: &Deed) -> String {
        let who = match self.by {
            Some(by) => self.person(by.account),
            None => t!("log-server"),
        };
        match deed {
            Deed::Created { name, .. } => t!("log-created", who = who, name = self.given(*name)),
            Deed::Renamed { what, name } => {
                let name = self.given(*name);
                match what {
                    Renameable::Room => t!("log-room-renamed", who = who, name = name),
                    Renameable::Handle => t!("log-handle-renamed", who = who, name = name),
                    Renameable::Device => t!("log-computer-renamed", who = who, name = name),
                }
            }
            Deed::Invited { role: Role::Member, uses, expires_at } => {
                t!("log-invited", who = who, count = *uses, until = (self.moment)(*expires_at))
            }
            Deed::Invited { role: to, uses, expires_at } => {
                let until = (self.moment)(*expires_at);
                t!("log-invited-more", who = who, count = *uses, until = until, role = role(*to))
            }
            Deed::InviteClosed => t!("log-invite-closed", who = who),
            Deed::MemberInvites(true) => t!("log-member-invites", who = who),
            Deed::MemberInvites(false) => t!("log-member-invites-not", who = who),
            Deed::Joined { .. } if self.new_keys.is_some() => {
                let computer = self.by.map_or_else(|| t!("log-computer"), |by| self.computer(by.device));
                t!("log-joined-anew", who = who, computer = computer)
            }
            Deed::Joined { invited_by: Some(maker), .. } => {
                t!("log-joined", who = who, maker = self.person(Some(*maker)))
            }
            Deed::Joined { invited_by: None, .. } => t!("log-joined-somehow", who = who),
            Deed::Left => t!("log-left", who = who),
            Deed::ComputerApproved { computer, .. } => {
                let (owner, computer) = self.owned(*computer);
                if self.new_keys.is_some_and(|new| new.same_computer) {
                    t!("log-renewed", owner = owner, computer = computer)
                } else {
                    t!("log-approved", owner = owner, computer = computer)
                }
            }
            Deed::ComputerRevoked { computer, by: Some(_) } => {
                let (owner, computer) = self.owned(Some(*computer));
                t!("log-revoked-own", owner = owner, computer = computer)
            }
            Deed::ComputerRevoked { computer, by: None } => {
                let (owner, computer) = self.owned(Some(*computer));
                t!("log-revoked", who = who, owner = owner, computer = computer)
            }
            Deed::MemberRemoved(account) => t!("log-removed", who = who, target = self.person(Some(*account))),
            Deed::RoleChanged(account, to) => self.role_changed(who, *account, *to),
            Deed::OwnershipPassed(account) => t!("log-passed", who = who, target = self.person(Some(*account))),
            Deed::KeyStarted { epoch, reason } => t!("log-key", number = epoch.0, reason = key_reason(*reason)),
            Deed::HistorySet(HistoryRule::AllRetained) => t!("log-history-all", who = who),
            Deed::HistorySet(HistoryRule::FromJoining) => t!("log-history-later", who = who),
            Deed::RecoverySet(choice) => match choice.mode {
                RecoveryMode::DevicesOnly => t!("log-recovery-devices", who = who),
                RecoveryMode::ServerAssisted => t!("log-recovery-server", who = who),
                RecoveryMode::Kit => t!("log-recovery-kit", who = who),
            },
            Deed::RecoveryAnnounced { computer, effective_at } => {
                let ((owner, computer), until) = (self.owned(*computer), (self.moment)(*effective_at));
                t!("log-announced", who = who, owner = owner, computer = computer, until = until)
            }
            Deed::RecoveryApproved { computer, .. } => {
                let (owner, computer) = self.owned(*computer);
                match self.by {
                    Some(_) => t!("log-recovered", who = who, owner = owner, computer = computer),
                    None => t!("log-recovered-kit", owner = owner, computer = computer),
                }
            }
            Deed::RecoveryVetoed { computer } => {
                let (owner, computer) = self.owned(*computer);
                t!("log-vetoed", who = who, owner = owner, computer = computer)
            }
            Deed::RecoveryReleased { computer } => {
                let (owner, computer) = self.owned(*computer);
                t!("log-released", who = who, owner = owner, computer = computer)
            }
            Deed::RetentionSet(Some(days)) => t!("log-retention", who = who, days = *days),
            Deed::RetentionSet(None) => t!("log-retention-ever", who = who),
        }
    }

    fn role_changed(&self, who: String, account: AccountId, to: Role) -> String {
        let target = self.person(Some(account));
        let own = self.by.is_some_and(|by| by.account == Some(account));
        match to {
            Role::Owner => t!("log-made-owner", who = who, target = target),
            Role::Admin if own => t!("log-became-admin", who = who),
            Role::Admin => t!("log-made-admin", who = who, target = target),
            Role::Member if own => t!("log-became-member", who = who),
            Role::Member => t!("log-made-member", who = who, target = target),
        }
    }

    fn allowed(&self, deed: &Deed) -> Option<String> {
        let here = || self.by.map_or_else(|| t!("log-computer"), |by| self.computer(by.device));
        Some(match deed {
            Deed::Created { .. } => t!("log-allows-owner", computer = here()),
            Deed::Joined { role: Some(to), .. } => t!("log-allows-joined", role = role(*to), computer = here()),
            Deed::ComputerApproved { by: Some(by), .. } => t!("log-allows-approved", by = self.computer(*by)),
            Deed::RoleChanged(_, Role::Owner) | Deed::OwnershipPassed(_) => t!("log-allows-owner-role"),
            Deed::RoleChanged(_, Role::Admin) => t!("log-allows-admin-role"),
            Deed::RoleChanged(_, Role::Member) => t!("log-allows-member-role"),
            Deed::MemberRemoved(_) | Deed::ComputerRevoked { .. } => t!("log-allows-nothing"),
            Deed::KeyStarted { .. } => t!("log-allows-key"),
            Deed::RecoverySet(choice) => match recovery::besides(*choice) {
                none if none.is_empty() && choice.mode == RecoveryMode::Kit => return None,
                none if none.is_empty() => t!("log-allows-recovery-plain"),
                besides => besides.join(" "),
            },
            _ => return None,
        })
    }

    fn person(&self, account: Option<AccountId>) -> String {
        person(self.names, account)
    }

    fn computer(&self, device: DeviceId) -> String {
        self.names.computers.get(&device).cloned().unwrap_or_else(|| t!("log-computer"))
    }

    /// Whose a computer is, and what it is called.
    fn owned(&self, computer: Option<Computer>) -> (String, String) {
        let name = computer.map_or_else(|| t!("log-computer"), |computer| self.computer(computer.device));
        (self.person(computer.and_then(|computer| computer.account)), name)
    }

    fn given(&self, name: NameHash) -> String {
        self.names.given.get(&name).cloned().unwrap_or_else(|| t!("log-name-gone"))
    }
}

fn key_reason(reason: EpochReason) -> String {
    match reason {
        EpochReason::RoomCreated => t!("log-key-created"),
        EpochReason::Joining => t!("log-key-joined"),
        EpochReason::KeyLacking => t!("log-key-lacking"),
        EpochReason::Leaving => t!("log-key-left"),
        EpochReason::MemberRemoved => t!("log-key-removed"),
        EpochReason::DeviceRevoked => t!("log-key-revoked"),
        EpochReason::DeviceRecovered => t!("log-key-recovered"),
        EpochReason::RecoveryPolicyChanged => t!("log-key-policy"),
        EpochReason::Age => t!("log-key-age"),
    }
}

/// Why an entry has no effect.
fn ignored(reason: IgnoredReason, deed: &Deed) -> String {
    match reason {
        IgnoredReason::NotThere if matches!(deed, Deed::RecoveryReleased { computer: None }) => {
            t!("log-ignored-not-approved")
        }
        IgnoredReason::AuthorNotEntitled => t!("log-ignored-not-entitled"),
        IgnoredReason::NotPermitted => t!("log-ignored-not-permitted"),
        IgnoredReason::InviteNotValid => t!("log-ignored-invite"),
        IgnoredReason::AlreadyThere => t!("log-ignored-there"),
        IgnoredReason::KeysRevoked => t!("log-ignored-keys"),
        IgnoredReason::NotNextEpoch => t!("log-ignored-epoch"),
        IgnoredReason::NothingHappened => t!("log-ignored-reason"),
        IgnoredReason::StatementNotValid => t!("log-ignored-statement"),
        IgnoredReason::NotThere => t!("log-ignored-not-there"),
        IgnoredReason::LastOwner => t!("log-ignored-last-owner"),
        IgnoredReason::AlreadySo => t!("log-ignored-already"),
        IgnoredReason::NotSensible => t!("log-ignored-not-sensible"),
        IgnoredReason::RequestNotValid => t!("log-ignored-request"),
        IgnoredReason::TooEarly => t!("log-ignored-early"),
        IgnoredReason::TooLate => t!("log-ignored-late"),
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::{client::io::RecoveryChoice, ids::Epoch};

    use super::*;
    use crate::{
        state::{preferences::Language, testing},
        texts,
    };

    const ADA: AccountId = AccountId::from_bytes([1; 16]);
    const BEA: AccountId = AccountId::from_bytes([2; 16]);
    const DESK: DeviceId = DeviceId::from_bytes([3; 32]);
    const LAPTOP: DeviceId = DeviceId::from_bytes([4; 32]);
    const CLUB: NameHash = NameHash::from_bytes([5; 32]);

    fn names() -> LogNames {
        LogNames {
            people: [(ADA, "ada"), (BEA, "bea")].map(|(who, name)| (who, name.to_owned())).into(),
            computers: [(DESK, "Desk"), (LAPTOP, "Laptop")].map(|(which, name)| (which, name.to_owned())).into(),
            given: [(CLUB, "Rowing club".to_owned())].into(),
        }
    }

    fn entry(deed: Deed) -> EntryView {
        testing::entry(1, Computer { account: Some(ADA), device: DESK }, deed)
    }

    fn tell(entry: &EntryView) -> Told {
        told(entry, &names(), |_| "Today, 14:05".to_owned())
    }

    fn what(deed: Deed) -> String {
        tell(&entry(deed)).what
    }

    /// Every kind of entry, with all that it can say.
    fn every_deed() -> Vec<Deed> {
        let laptop = Computer { account: Some(BEA), device: LAPTOP };
        let roles = [Role::Member, Role::Admin, Role::Owner];
        let rules = [HistoryRule::AllRetained, HistoryRule::FromJoining];
        let reasons = [
            EpochReason::RoomCreated,
            EpochReason::Joining,
            EpochReason::KeyLacking,
            EpochReason::Leaving,
            EpochReason::MemberRemoved,
            EpochReason::DeviceRevoked,
            EpochReason::DeviceRecovered,
            EpochReason::RecoveryPolicyChanged,
            EpochReason::Age,
        ];
        let mut all = vec![
            Deed::Created { name: CLUB, history: HistoryRule::AllRetained },
            Deed::InviteClosed,
            Deed::MemberInvites(true),
            Deed::MemberInvites(false),
            Deed::Joined { invited_by: Some(BEA), role: Some(Role::Member) },
            Deed::Joined { invited_by: None, role: None },
            Deed::Left,
            Deed::ComputerApproved { computer: Some(laptop), by: Some(DESK) },
            Deed::ComputerApproved { computer: None, by: None },
            Deed::ComputerRevoked { computer: laptop, by: Some(DESK) },
            Deed::ComputerRevoked { computer: laptop, by: None },
            Deed::MemberRemoved(BEA),
            Deed::OwnershipPassed(BEA),
            Deed::RecoveryAnnounced { computer: Some(laptop), effective_at: Timestamp(0) },
            Deed::RecoveryApproved { computer: Some(laptop), replaces: Some(DESK) },
            Deed::RecoveryVetoed { computer: Some(laptop) },
            Deed::RecoveryReleased { computer: Some(laptop) },
            Deed::RetentionSet(Some(30)),
            Deed::RetentionSet(None),
        ];
        all.extend(
            [Renameable::Room, Renameable::Handle, Renameable::Device].map(|what| Deed::Renamed { what, name: CLUB }),
        );
        all.extend(roles.map(|role| Deed::Invited { role, uses: 5, expires_at: Timestamp(0) }));
        all.extend(roles.map(|role| Deed::RoleChanged(BEA, role)));
        all.extend([Role::Member, Role::Admin].map(|role| Deed::RoleChanged(ADA, role)));
        all.extend(rules.map(Deed::HistorySet));
        all.extend(reasons.map(|reason| Deed::KeyStarted { epoch: Epoch(3), reason }));
        all.extend(choices().map(Deed::RecoverySet));
        all
    }

    fn choices() -> [RecoveryChoice; 3] {
        [RecoveryMode::DevicesOnly, RecoveryMode::ServerAssisted, RecoveryMode::Kit]
            .map(|mode| RecoveryChoice { mode, ..RecoveryChoice::default() })
    }

    #[test]
    fn what_goes_with_a_way_to_come_back_is_told_of_each_choice() {
        let allowed = |choice| tell(&entry(Deed::RecoverySet(choice))).allowed;
        let [devices, server, kit] = choices();
        assert_eq!(allowed(devices).as_deref(), Some("Owners let new computers in, without a time to object."));
        assert_eq!(allowed(devices), allowed(server));
        assert_eq!(allowed(kit), None);
        let more = RecoveryChoice { veto_delay_ms: 24 * 60 * 60 * 1_000, admins_approve: true, ..server };
        let told = allowed(more).unwrap();
        assert!(told.contains("to object before somebody is let in. Admins may let in"), "{told}");
    }

    #[test]
    fn every_kind_of_entry_is_told_in_every_language() {
        for language in Language::ALL {
            texts::choose(language);
            let told: Vec<Told> = every_deed().into_iter().map(|deed| tell(&entry(deed))).collect();
            for told in &told {
                for text in [Some(&told.what), told.allowed.as_ref(), Some(&told.by)].into_iter().flatten() {
                    assert!(text.contains(' ') && !text.contains('{') && !text.starts_with("log-"), "{text}");
                    for jargon in ["epoch", "device", "revoke", "entitled", "hash"] {
                        assert!(!text.to_lowercase().contains(jargon), "{text}");
                    }
                }
            }
            let mut sentences: Vec<_> = told.into_iter().map(|told| told.what).collect();
            let all = sentences.len();
            sentences.sort();
            sentences.dedup();
            assert_eq!(sentences.len(), all, "two kinds say the same");
        }
    }

    #[test]
    fn sentences_say_who_whom_and_with_what() {
        assert_eq!(
            what(Deed::Created { name: CLUB, history: HistoryRule::AllRetained }),
            "ada made this room and called it “Rowing club”."
        );
        assert_eq!(what(Deed::MemberRemoved(BEA)), "ada removed bea.");
        assert_eq!(what(Deed::RoleChanged(BEA, Role::Admin)), "ada made bea an admin.");
        assert_eq!(what(Deed::RoleChanged(ADA, Role::Admin)), "ada gave up ownership and is an admin.");
        let reason = EpochReason::MemberRemoved;
        assert_eq!(
            what(Deed::KeyStarted { epoch: Epoch(3), reason }),
            "A new room key, number 3: somebody was removed."
        );
        let joined = tell(&entry(Deed::Joined { invited_by: Some(BEA), role: Some(Role::Member) }));
        assert_eq!(joined.what, "ada joined, by a link that bea had made.");
        assert_eq!(joined.allowed.as_deref(), Some("May read and write from then on, on Desk. Role: Member."));
        assert_eq!(joined.by, "Today, 14:05, on Desk");
        let approved =
            Deed::ComputerApproved { computer: Some(Computer { account: Some(BEA), device: LAPTOP }), by: Some(DESK) };
        assert_eq!(what(approved), "bea let in another computer of their own: Laptop.");
        texts::choose(Language::German);
        assert_eq!(what(Deed::MemberRemoved(BEA)), "ada hat bea entfernt.");
        assert_eq!(what(Deed::InviteClosed), "ada hat einen Einladungslink geschlossen.");
    }

    #[test]
    fn what_has_no_effect_says_why_and_allowed_nothing() {
        let reasons = [
            IgnoredReason::AuthorNotEntitled,
            IgnoredReason::NotPermitted,
            IgnoredReason::InviteNotValid,
            IgnoredReason::AlreadyThere,
            IgnoredReason::KeysRevoked,
            IgnoredReason::NotNextEpoch,
            IgnoredReason::NothingHappened,
            IgnoredReason::StatementNotValid,
            IgnoredReason::NotThere,
            IgnoredReason::LastOwner,
            IgnoredReason::AlreadySo,
            IgnoredReason::NotSensible,
            IgnoredReason::RequestNotValid,
            IgnoredReason::TooEarly,
            IgnoredReason::TooLate,
        ];
        for reason in reasons {
            let told = tell(&EntryView { ignored: Some(reason), ..entry(Deed::MemberRemoved(BEA)) });
            assert_eq!((told.what.as_str(), told.allowed), ("ada removed bea.", None));
            assert!(told.ignored.is_some_and(|why| why.ends_with('.')), "{reason:?}");
        }
    }

    #[test]
    fn who_is_not_known_any_more_is_somebody() {
        let told = told(&entry(Deed::MemberRemoved(BEA)), &LogNames::default(), |_| "Today".to_owned());
        assert_eq!(
            (told.what.as_str(), told.by.as_str()),
            ("Somebody removed Somebody.", "Today, on a computer without a name")
        );
    }

    #[test]
    fn a_wait_that_was_not_seen_is_told_and_whom_to_ask() {
        let wait = UnseenWait { account: BEA, device: LAPTOP, seen_hours: 0, mine: false };
        let released = Deed::RecoveryReleased { computer: Some(Computer { account: Some(BEA), device: LAPTOP }) };
        let said = |wait| tell(&EntryView { by: None, unseen_wait: Some(wait), ..entry(released) }).unseen.unwrap();
        let whole = said(wait);
        assert!(whole.contains("only heard of it when it was over"), "{whole}");
        assert!(whole.ends_with("Call bea and ask whether it was them."), "{whole}");
        let partly = said(UnseenWait { seen_hours: 12, ..wait });
        assert!(partly.contains("saw only 12 hours"), "{partly}");
        assert!(said(UnseenWait { seen_hours: 1, ..wait }).contains("saw only one hour"));
        let own = said(UnseenWait { mine: true, ..wait });
        assert!(own.contains("Was it not you?"), "{own}");
        assert_eq!(tell(&entry(released)).unseen, None);
    }

    #[test]
    fn what_no_computer_signed_says_so() {
        let laptop = Computer { account: Some(BEA), device: LAPTOP };
        let told = tell(&EntryView { by: None, ..entry(Deed::RecoveryReleased { computer: Some(laptop) }) });
        assert!(told.what.starts_with("The server") && told.by.contains("code on paper"));
        let approved = Deed::RecoveryApproved { computer: Some(laptop), replaces: None };
        let told = tell(&EntryView { by: None, ..entry(approved) });
        assert_eq!(told.what, "bea came back with the code on paper: Laptop.", "that was not the server");
        let released = entry(Deed::RecoveryReleased { computer: None });
        let told = tell(&EntryView { by: None, ignored: Some(IgnoredReason::NotThere), ..released });
        assert_eq!(told.ignored.as_deref(), Some("Nobody had approved or announced that."));
    }
}
