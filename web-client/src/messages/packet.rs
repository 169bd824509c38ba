//! Messages in the form in which they cross: postcard (<https://postcard.jamesmunns.com/wire-format>), whose bytes say neither
//! names nor types. Page and worker are one program, so both know what comes; and reading it takes a small part of the code that
//! a format with names takes.

use serde::{Serialize, de::DeserializeOwned};

/// Packs a message. Those of [`super`] hold only what can cross, so this cannot fail.
#[must_use]
pub fn pack<T: Serialize>(message: &T) -> Vec<u8> {
    let packed = postcard::to_allocvec(message);
    debug_assert!(packed.is_ok(), "a message that cannot cross");
    packed.unwrap_or_default()
}

/// Opens what was packed; `None` for any other bytes.
#[must_use]
pub fn open<T: DeserializeOwned>(packed: &[u8]) -> Option<T> {
    postcard::from_bytes(packed).ok()
}

#[cfg(test)]
mod tests {
    use igoon_shared::{
        client::io::{
            Alarm, Body, Compared, ComparisonView, Computer as OneOf, ComputerNumber, Deed, Denied, DeviceShown,
            DeviceView, Ended, Ending, EntryView, InviteTerms, InviteView, LinesView, LogNames, LogView, LogWish,
            MemberView, MessageView, NewKeys, OutgoingState, OutgoingView, PeopleView, PersonPosition, PersonPresence,
            PersonView, PositionsView, PresenceView, Progress, RecoveryChoice, RecoveryRequestView, RecoveryView,
            RequestProgress, RoomView, Standing, Unread, Unreadable, UnseenWait, WaitingView,
        },
        crypto::{invite::InviteSecret, kit::KitCode, system_rng},
        ids::{
            AccountId, DeviceId, EntryHash, Epoch, InviteKey, LogIndex, MessageId, NameHash, RoomId, Seq, SessionId,
        },
        log::{EpochReason, HistoryRule, IgnoredReason, Role, action::RecoveryMode},
        presence::{Availability, Presence},
        protocol::{bytes::Blob, error::ErrorCode, http::SecretText},
        time::Timestamp,
        wrapper::{Computer, Kept, WrapperError},
    };

    use super::*;
    use crate::{
        messages::{
            Cause, CodePurpose, CodeStep, ComputerView, Connection, Credentials, ExportFormat, ExportNews, HistoryPage,
            HistoryWish, InviteLink, Outage, OwnForm, OwnNews, OwnWish, Pending, Profile, RecoveryWish, Refusal,
            RoomDeed, RoomPositionView, RoomWish, SessionView, Stage, Surroundings, ToPage, ToWorker, Trouble,
            WatchedActors,
        },
        state::Language,
    };

    const ROOM: RoomId = RoomId::from_bytes([1; 32]);
    const ACCOUNT: AccountId = AccountId::from_bytes([2; 16]);
    const DEVICE: DeviceId = DeviceId::from_bytes([3; 32]);

    /// Whatever may be absent is there in one of a pair, and absent in the other.
    fn each<T>(value: T) -> [Option<T>; 2] {
        [Some(value), None]
    }

    fn link() -> InviteLink {
        InviteLink { room: ROOM, secret: (&InviteSecret::random(&mut system_rng())).into() }
    }

    fn rooms() -> Vec<RoomView> {
        let ending = Ending { how: Ended::Removed, by: ACCOUNT, at: Timestamp(7) };
        let alarms = [Alarm::LogForked, Alarm::SecondKey(Epoch(2))].map(Standing::Alarm);
        let standings = [Standing::NotApproved, Standing::Ended(ending), Standing::Withheld].into_iter().chain(alarms);
        let members = each("bea".to_owned()).map(|handle| MemberView {
            account: ACCOUNT,
            handle,
            role: Role::Admin,
            devices: 300,
            compared: Compared::Partly,
            behind: 2,
            unseen_wait: true,
            me: true,
        });
        let invites = each(link().secret).map(|secret| InviteView {
            invite: InviteKey::from_bytes([4; 32]),
            role: Role::Member,
            uses_left: 70_000,
            expires_at: Timestamp(i64::MAX),
            made_by: ACCOUNT,
            may_close: true,
            secret,
        });
        let whole = RoomView {
            room: ROOM,
            name: Some("שלום".to_owned()),
            standing: Standing::Ready,
            history: Some(HistoryRule::AllRetained),
            members: members.into(),
            role: Some(Role::Owner),
            recovery: Some(RecoveryMode::Kit),
            recovery_wanted: 3,
            key_due: Some(EpochReason::Leaving),
            ended_by: Some("ada".to_owned()),
            may_invite: true,
            member_invites: true,
            invites: invites.into(),
            log_length: 70_000,
            log_version: u64::MAX,
            epoch: Epoch(u64::MAX),
            has_key: true,
            unread: Unread { count: 1_000, first: Some(Seq(9)) },
            last_activity: Some(Timestamp(-1)),
            lost: vec![(Seq(3), Seq(9))],
            own_change_missing: true,
            log_rests_until: Some(Timestamp(9)),
            catching_up: Some(Progress { done: 1, of: 2 }),
        };
        let others = standings.map(|standing| RoomView { standing, ..RoomView::unknown(ROOM) });
        std::iter::once(whole).chain(others).collect()
    }

    fn messages() -> Vec<MessageView> {
        let bodies = [
            Body::Text(String::new()),
            Body::Text("x".repeat(20_000)),
            Body::Unreadable(Unreadable::NoKey(Epoch(7))),
            Body::Unreadable(Unreadable::DamagedHere),
        ];
        let view = |body: Body| {
            each(DEVICE).map(|device| MessageView {
                room: ROOM,
                seq: Seq(8),
                device,
                message_id: device.map(|_| MessageId::from_bytes([5; 16])),
                account: device.map(|_| ACCOUNT),
                handle: device.map(|_| "ada".to_owned()),
                mine: device.is_none(),
                shown_at: Timestamp(1),
                gap: true,
                body: body.clone(),
            })
        };
        bodies.into_iter().flat_map(view).collect()
    }

    fn people() -> Vec<ToPage> {
        let states = [Presence::Offline, Presence::Idle, Presence::Away, Presence::Busy, Presence::Online];
        let shown = |state| each(Timestamp(5)).map(|last_seen| DeviceShown { device: DEVICE, state, last_seen });
        let devices: Vec<_> = states.into_iter().flat_map(shown).collect();
        let people = each(Timestamp(6)).map(|last_seen| PersonPresence {
            account: ACCOUNT,
            state: Presence::Idle,
            last_seen,
            devices: devices.clone(),
        });
        let position = PersonPosition { account: ACCOUNT, delivered: Seq(3), read: Seq(2) };
        vec![
            ToPage::Presence(PresenceView { room: ROOM, people: people.into() }),
            ToPage::Positions(PositionsView { room: ROOM, read: Seq(1), people: vec![position] }),
            ToPage::Availability(Availability::Invisible),
            ToPage::Availability(Availability::Unknown),
        ]
    }

    fn rights() -> ToPage {
        let device = each("desk".to_owned()).map(|name| DeviceView {
            device: DEVICE,
            name,
            this: true,
            revoke: Err(Denied::LastOwner),
        });
        let person = PersonView {
            account: ACCOUNT,
            handle: None,
            role: Role::Owner,
            remove: Ok(()),
            roles: vec![(Role::Admin, Err(Denied::AlreadySo))],
            pass_ownership: Ok(()),
            devices: device.into(),
        };
        let leave = Err(Denied::NotTrusted);
        ToPage::People(PeopleView { room: ROOM, leave, set_history: Ok(()), people: vec![person] })
    }

    fn recovery() -> [ToPage; 2] {
        let entry = EntryHash::from_bytes([8; 32]);
        let from = Timestamp(9);
        let progress = [
            RequestProgress::Asked,
            RequestProgress::Waiting { entry, from, may_veto: true },
            RequestProgress::Entitled,
            RequestProgress::Released,
            RequestProgress::Over,
        ];
        let request = |progress| RecoveryRequestView {
            device: DEVICE,
            account: ACCOUNT,
            handle: Some("ada".to_owned()),
            name: "desk".to_owned(),
            platform: "Linux".to_owned(),
            asked_at: Timestamp(1),
            expires_at: Timestamp(2),
            digits: "0001 0002".to_owned(),
            progress,
            this_device: true,
            mine: false,
            may_approve: true,
            replaceable: each("desk".to_owned()).map(|name| (DEVICE, name)).into(),
        };
        let waiting = each("ada".to_owned()).map(|handle| WaitingView {
            entry,
            account: ACCOUNT,
            handle: handle.clone(),
            device: DEVICE,
            name: handle,
            from,
            announced: true,
            may_veto: false,
        });
        let choice = RecoveryChoice {
            mode: RecoveryMode::ServerAssisted,
            veto_delay_ms: u64::MAX,
            admins_approve: true,
            owner_by_announcement: true,
        };
        let view = RecoveryView {
            room: ROOM,
            choice,
            may_set: true,
            may_ask: false,
            may_announce: true,
            kit_here: false,
            requests: progress.map(request).into(),
            waiting: waiting.into(),
        };
        [ToPage::Recovery(view), ToPage::KitMade { room: ROOM, code: KitCode::from_bytes([9; 32]) }]
    }

    fn log() -> [ToPage; 2] {
        let by = each(ACCOUNT).map(|account| OneOf { account, device: DEVICE });
        let name = NameHash::from_bytes([7; 32]);
        let deeds = [
            Deed::Created { name, history: HistoryRule::FromJoining },
            Deed::ComputerRevoked { computer: by[0], by: Some(DEVICE) },
            Deed::RetentionSet(None),
        ];
        let new_keys = NewKeys { account: ACCOUNT, device: DEVICE, same_computer: true };
        let unseen_wait = UnseenWait { account: ACCOUNT, device: DEVICE, seen_hours: 47, mine: true };
        let entry = |deed| EntryView {
            index: LogIndex(70_000),
            seq: Some(Seq(9)),
            new_keys: Some(new_keys),
            unseen_wait: Some(unseen_wait),
            at: Timestamp(8),
            by: Some(by[1]),
            deed,
            ignored: Some(IgnoredReason::LastOwner),
        };
        let names = LogNames {
            people: [(ACCOUNT, "ada".to_owned())].into(),
            computers: [(DEVICE, "desk".to_owned())].into(),
            given: [(name, "Rowing club".to_owned())].into(),
        };
        let wish = LogWish { about: Some(ACCOUNT), access: true, most: 50 };
        let entries: Vec<_> = deeds.map(entry).into();
        let lines = LinesView { room: ROOM, entries: entries.clone(), compare: [DEVICE].into(), names: names.clone() };
        [ToPage::Log(LogView { room: ROOM, wish, entries, older: true, names }), ToPage::Lines(lines)]
    }

    fn comparison() -> ToPage {
        let computers = each("desk".to_owned()).map(|name| ComputerNumber {
            device: DEVICE,
            name,
            number: "12345 67890".to_owned(),
            compared: true,
        });
        let (number, compared) = (Some("12345".to_owned()), Compared::Wholly);
        ToPage::Comparison(ComparisonView {
            room: ROOM,
            account: ACCOUNT,
            number,
            compared,
            computers: computers.into(),
        })
    }

    fn own() -> Vec<OwnNews> {
        let sessions = each("desk".to_owned()).map(|device_name| SessionView {
            session: SessionId::from_bytes([6; 16]),
            current: true,
            platform: device_name.clone(),
            device_name,
            created_at: Timestamp(1),
            last_used_at: Timestamp(2),
        });
        let computers = each("10.0.0.1".to_owned()).map(|local_ip| ComputerView {
            device: DEVICE,
            name: "desk".to_owned(),
            platform: "Linux".to_owned(),
            port: local_ip.as_ref().map(|_| u16::MAX),
            local_ip,
            registered_at: Timestamp(1),
            last_activity: Timestamp(2),
            last_seen: Timestamp(3),
            connected: true,
            current: false,
            signed_in: true,
            availability: Availability::Busy,
            positions: vec![RoomPositionView { room: ROOM, delivered: Seq(2), read: Seq(1) }],
        });
        vec![
            OwnNews::Sessions(Ok(sessions.into())),
            OwnNews::Computers(Ok(computers.into())),
            OwnNews::Account(Err(Trouble::Unreachable)),
            OwnNews::Done(OwnForm::EndSession(SessionId::from_bytes([6; 16]))),
            OwnNews::Refused(OwnForm::Password, Trouble::WrongCode { tries_left: 4 }),
        ]
    }

    fn stages() -> Vec<Stage> {
        let profiles = each(Pending::Joining).map(|pending| {
            Stage::Signed(Profile {
                account: ACCOUNT,
                handle: "ada".to_owned(),
                device: DEVICE,
                device_name: "Firefox on Linux".to_owned(),
                server_owner: true,
                may_create_rooms: false,
                in_rooms: true,
                pending,
            })
        });
        let refused = each(7).map(|retry_after_ms| {
            let field = retry_after_ms.map(|_| "handle".to_owned());
            Stage::Stopped(Trouble::Refused { code: ErrorCode::Unknown, field, retry_after_ms })
        });
        let step = CodeStep {
            purpose: CodePurpose::Reset,
            email: "ada@example.org".to_owned(),
            resend_at: Timestamp(1),
            mail_to_folder: true,
            void: false,
        };
        let signed_out = each("ada".to_owned()).map(|handle| Stage::SignedOut { handle });
        let others = [Stage::Code(step), Stage::Correct(Refusal::Password), Stage::MakingKeys];
        others.into_iter().chain(profiles).chain(refused).chain(signed_out).collect()
    }

    #[test]
    fn what_the_worker_says_survives_the_crossing() {
        let history = |wish| HistoryPage { room: ROOM, wish, messages: messages(), earlier: true, later: false };
        let wishes = [HistoryWish::Latest, HistoryWish::Around(Seq(4)), HistoryWish::After(Seq(u64::MAX))];
        let outgoing = [
            OutgoingState::Waiting,
            OutgoingState::Accepted(Seq(4)),
            OutgoingState::Failed(ErrorCode::Forbidden),
            OutgoingState::Lost,
        ]
        .map(|state| OutgoingView {
            room: ROOM,
            message_id: MessageId::from_bytes([5; 16]),
            text: "a".to_owned(),
            sent_at: Timestamp(3),
            state,
        });
        let connections = each(Timestamp(3)).map(|next_try| {
            Connection::Reconnecting(Outage { since: Timestamp(2), cause: Cause::NoNetwork, next_try })
        });
        let failed = each(ROOM).map(|room| ToPage::failed(room, ErrorCode::BadOrigin));
        let mut news = people();
        news.extend(own().into_iter().map(ToPage::Own));
        news.extend(stages().into_iter().map(ToPage::Stage));
        news.extend(rooms().into_iter().map(ToPage::Room));
        news.extend(wishes.map(history).map(ToPage::History));
        news.extend(messages().into_iter().map(ToPage::Message));
        news.extend(outgoing.map(ToPage::Outgoing));
        news.extend(connections.map(ToPage::Connection));
        news.extend(failed);
        news.extend([rights(), comparison(), ToPage::Changed(ROOM)]);
        news.extend(log());
        news.extend(recovery());
        let piece = ExportNews::Piece { done: 2, of: 300, bytes: Blob(vec![0, 200, 255]) };
        let whole = ExportNews::Whole { file_name: "Igoon שלום.html".to_owned() };
        let failed = ExportNews::Failed(Trouble::App(WrapperError::DiskFull));
        news.extend([piece, whole, ExportNews::Stopped, failed].map(ToPage::Export));
        news.push(ToPage::Keep(Kept { token: Some(SecretText::new("t".to_owned())), trust: None }));
        assert_eq!(open::<Vec<ToPage>>(&pack(&news)).as_ref(), Some(&news));
    }

    #[test]
    fn what_the_page_says_survives_the_crossing() {
        let secret = || SecretText::new("correct horse".to_owned());
        let account = || Credentials { email: "bea@example.org".to_owned(), password: secret() };
        let desktop = Surroundings::Desktop {
            server: "https://chat.example".parse().unwrap(),
            kept: Kept { token: None, trust: Some(secret()) },
            computer: Computer { name: "desk".to_owned(), platform: "Linux".to_owned(), address: None },
        };
        let terms = InviteTerms { role: Role::Admin, uses: 0, lifetime_ms: i64::MIN };
        let wishes = [
            ToWorker::Start(desktop),
            ToWorker::Start(Surroundings::Browser),
            ToWorker::SignIn { account: account(), invite: Some(link()) },
            ToWorker::SignIn { account: account(), invite: None },
            ToWorker::EnterCode { digits: secret(), password: Some(secret()) },
            ToWorker::Own(OwnWish::ChangePassword { current: secret(), new: secret() }),
            ToWorker::WatchServer(Some(WatchedActors { kind: Some("room".to_owned()), offset: 1_000 })),
            ToWorker::WatchServer(None),
            ToWorker::Invite { room: ROOM, terms },
            ToWorker::CloseInvite { room: ROOM, invite: InviteKey::from_bytes([4; 32]) },
            ToWorker::InRoom { room: ROOM, wish: RoomWish::Do(RoomDeed::SetRole(ACCOUNT, Role::Admin)) },
            ToWorker::InRoom { room: ROOM, wish: RoomWish::ShowLines(Seq(0), Seq(u64::MAX)) },
            ToWorker::InRoom { room: ROOM, wish: RoomWish::Mark { account: ACCOUNT, number: "12345".to_owned() } },
            ToWorker::InRoom {
                room: ROOM,
                wish: RoomWish::Do(RoomDeed::Veto(EntryHash::from_bytes([8; 32]), ACCOUNT)),
            },
            ToWorker::Recovery {
                room: ROOM,
                wish: RecoveryWish::Approve { device: DEVICE, replaces: Some(DEVICE), password: secret() },
            },
            ToWorker::Recovery { room: ROOM, wish: RecoveryWish::UseKit(secret()) },
            ToWorker::KitNoted { room: ROOM },
            ToWorker::Send { room: ROOM, text: "שלום\n".to_owned() },
            ToWorker::History { room: ROOM, wish: HistoryWish::Before(Seq(300)) },
            ToWorker::Speak { language: Language::German, texts: "Heute\0Gestern".to_owned() },
            ToWorker::Export { room: ROOM, format: ExportFormat::Document(Language::German) },
            ToWorker::Export { room: ROOM, format: ExportFormat::Lines },
            ToWorker::StopExport,
        ];
        for wish in wishes {
            let packed = pack(&wish);
            let opened: ToWorker = open(&packed).unwrap();
            // What is secret prints nothing; in its packed form it can be compared.
            assert_eq!((format!("{opened:?}"), pack(&opened)), (format!("{wish:?}"), packed));
        }
    }

    #[test]
    fn bytes_that_are_no_message_open_nothing() {
        let packed =
            pack(&ToWorker::CreateRoom { name: "Rowing club".to_owned(), recovery: RecoveryChoice::default() });
        assert!(open::<ToWorker>(&packed[..packed.len() - 1]).is_none());
        assert!(open::<ToWorker>(&[]).is_none());
        assert!(open::<ToWorker>(&[200]).is_none());
    }
}
