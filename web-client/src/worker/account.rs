//! From nothing to a signed-in computer with keys, and back.

use std::rc::Rc;

use futures_util::future;
use igoon_shared::{
    client::{Command, Identity, renewal::renew},
    crypto::{CryptoError, device::DeviceKeys},
    ids::RoomId,
    log::HistoryRule,
    protocol::{
        error::{ErrorBody, ErrorCode, SessionEnd},
        http::Me,
    },
};
use zeroize::Zeroizing;

use super::{
    codes::ServerFacts,
    drafts,
    driver::{Driver, Halt},
    keys,
    running::{self, Running},
    scope,
    vault::{Records, Session, Vault, VaultError},
};
use crate::{
    messages::{Connection, InviteLink, Pending, Profile, Stage, ToPage, ToWorker, Trouble},
    net::{account, requests::CallError, server},
};

impl Driver {
    /// Looks at what is stored here, and goes on from it.
    pub(super) async fn boot(&mut self) -> Result<(), Halt> {
        self.enter(Stage::Starting);
        self.begun = None;
        let vault = self.open_vault().await?;
        let records = self.read(&vault).await?;
        if records.identity.is_some()
            && let Some(session) = records.session.clone()
        {
            // Shown at once; whether the session still holds is asked meanwhile.
            return self.go_on(vault, records, &session, None).await;
        }
        self.ask_server(None).await
    }

    /// Who is signed in, or what the visitor can do about it.
    pub(super) async fn ask_server(&mut self, link: Option<InviteLink>) -> Result<(), Halt> {
        // Visitors wait for both answers, so both are asked for at once.
        let (me, server) = future::join(account::me(), account::server()).await;
        match me {
            Ok(me) => return self.signed_in(me, link).await,
            Err(error) if error.code() == Some(ErrorCode::NotSignedIn) => {
                self.host.keep(server::let_out());
                self.host.show(error.session_end().map(ToPage::ShutOut).into_iter().collect());
            }
            Err(CallError::Unreachable) => return Err(Halt(Stage::Unreachable)),
            Err(error) => return Err(Halt(Stage::Stopped(trouble(&error)))),
        }
        match server {
            Ok(server) => {
                self.facts = Some(ServerFacts::new(&server, scope::now()));
                let stage = if server.needs_setup {
                    Stage::SetUp
                } else {
                    Stage::SignedOut { handle: self.stored_handle().await? }
                };
                self.enter(stage);
            }
            Err(CallError::Unreachable) => return Err(Halt(Stage::Unreachable)),
            Err(error) => return Err(Halt(Stage::Stopped(trouble(&error)))),
        }
        Ok(())
    }

    /// The service let somebody in.
    pub(super) async fn entered(&mut self, link: Option<InviteLink>) -> Result<(), Halt> {
        match account::me().await {
            Ok(me) => self.signed_in(me, link).await,
            Err(error) => Err(Halt(Stage::Stopped(trouble(&error)))),
        }
    }

    /// Signed in: sees to it that this computer has keys and that the service knows them, then starts the core.
    async fn signed_in(&mut self, me: Me, link: Option<InviteLink>) -> Result<(), Halt> {
        let vault = self.open_vault().await?;
        if me.installation != vault.installation() {
            // The session was made before this browser's storage was cleared.
            self.enter(Stage::KeysLost { handle: me.handle });
            return Ok(());
        }
        let mut records = self.read(&vault).await?;
        let identity = match stored_identity(&records)? {
            Some(identity) if identity.account() == me.account && identity.handle() == me.handle => identity,
            Some(identity) if identity.account() == me.account => {
                // Changed on another computer.
                let identity = renamed(&identity, NewName::Handle(me.handle.clone()))?;
                vault.put_identity(&record(&identity)?).await?;
                identity
            }
            Some(other) => {
                self.enter(Stage::OtherAccount { stored: other.handle().to_owned(), handle: me.handle });
                return Ok(());
            }
            None => self.make_identity(&vault, &me).await?,
        };
        if me.device != Some(identity.device()) {
            let bundle = identity.bundle().signed().clone();
            running::register(bundle, identity.device_name().to_owned(), &self.host.computer)
                .await
                .map_err(|error| Halt(Stage::Stopped(trouble(&error))))?;
        }
        let session = Session {
            server_owner: me.server_owner,
            may_create_rooms: me.may_create_rooms,
            in_rooms: !me.rooms.is_empty(),
        };
        vault.put_session(Some(&session)).await?;
        records.identity = Some(record(&identity)?);
        self.go_on(vault, records, &session, link).await
    }

    /// Makes this computer's keys and keeps them, before anybody hears of them.
    async fn make_identity(&mut self, vault: &Vault, me: &Me) -> Result<Identity, Halt> {
        let keys = self.make_keys().await?;
        let name = self.host.computer.name.clone();
        let identity = Identity::new(me.account, me.installation, me.handle.clone(), name, keys).map_err(no_keys)?;
        vault.put_identity(&record(&identity)?).await?;
        Ok(identity)
    }

    async fn make_keys(&mut self) -> Result<DeviceKeys, Halt> {
        self.enter(Stage::MakingKeys);
        let begun = scope::stopwatch();
        let keys = keys::make().await.map_err(no_keys)?;
        self.host.show(vec![ToPage::KeysMade(whole(scope::stopwatch() - begun))]);
        Ok(keys)
    }

    /// Makes other keys for this computer, whose old ones were revoked, and goes on with them where the core is. The service
    /// hears of them with the next connection.
    pub(super) async fn new_keys(&mut self) -> Result<(), Halt> {
        self.settle().await?;
        let vault = self.open_vault().await?;
        let records = self.read(&vault).await?;
        let (Some(session), Some(old)) = (records.session.clone(), stored_identity(&records)?) else { return Ok(()) };
        self.end_run();
        let keys = self.make_keys().await?;
        let (handle, name) = (old.handle().to_owned(), old.device_name().to_owned());
        let new = Identity::new(old.account(), old.installation(), handle, name, keys).map_err(no_keys)?;
        let changes = renew(&old, &new, &records.core, scope::now())
            .map_err(|_| Halt(Stage::Stopped(Trouble::DamagedRecords)))?;
        vault.renew(&record(&new)?, changes).await?;
        let records = self.read(&vault).await?;
        self.go_on(vault, records, &session, None).await
    }

    /// Starts the core on what is stored.
    async fn go_on(
        &mut self,
        vault: Rc<Vault>,
        mut records: Records,
        session: &Session,
        link: Option<InviteLink>,
    ) -> Result<(), Halt> {
        let begun_texts = drafts::split_off(&mut records.core);
        let identity = stored_identity(&records)?.ok_or(Halt(Stage::Stopped(Trouble::DamagedKeys)))?;
        let begun = |kind: &str| records.core.iter().any(|(key, _)| key.starts_with(kind));
        let pending = if link.is_some() || begun("joining/") {
            Some(Pending::Joining)
        } else if begun("append/") && !begun("room/") {
            Some(Pending::Room)
        } else {
            None
        };
        let profile = Profile {
            account: identity.account(),
            handle: identity.handle().to_owned(),
            device: identity.device(),
            device_name: identity.device_name().to_owned(),
            server_owner: session.server_owner,
            may_create_rooms: session.may_create_rooms,
            in_rooms: session.in_rooms,
            pending,
        };
        let opened =
            Running::open(identity, records.core).map_err(|_| Halt(Stage::Stopped(Trouble::DamagedRecords)))?;
        self.enter(Stage::Signed(profile));
        self.host.show(begun_texts);
        self.start(vault, opened).await?;
        if let Some(link) = link {
            self.join(&link);
        }
        Ok(())
    }

    /// The account, or this computer, is called something else: keeps the name, and starts the core anew under it, which
    /// carries it into the rooms.
    pub(super) async fn rename(&mut self, name: NewName) -> Result<(), Halt> {
        if matches!(&self.stage, Stage::Signed(profile) if name.is_of(profile)) {
            return Ok(());
        }
        self.settle().await?;
        let vault = self.open_vault().await?;
        let mut records = self.read(&vault).await?;
        let (Some(session), Some(identity)) = (records.session.clone(), stored_identity(&records)?) else {
            return Ok(());
        };
        self.end_run();
        let kept = record(&renamed(&identity, name)?)?;
        vault.put_identity(&kept).await?;
        records.identity = Some(kept);
        self.go_on(vault, records, &session, None).await
    }

    /// Something that only a signed-in person can want.
    pub(super) fn want(&mut self, wish: ToWorker) {
        if let Some(connection) = self.connection()
            && let Some(room) = cannot_wait(&wish, connection)
        {
            self.host.show(vec![ToPage::Failed { room, trouble: Trouble::NeedsConnection }]);
            return;
        }
        let command = match wish {
            ToWorker::Join(link) => return self.join(&link),
            ToWorker::CreateRoom { name, recovery } => {
                Command::CreateRoom { name, history: HistoryRule::AllRetained, recovery }
            }
            ToWorker::RenameRoom { room, name } => Command::RenameRoom { room, name },
            ToWorker::Invite { room, terms } => Command::Invite { room, terms },
            ToWorker::CloseInvite { room, invite } => Command::CloseInvite { room, invite },
            ToWorker::AllowMemberInvites { room, allowed } => Command::AllowMemberInvites { room, allowed },
            ToWorker::InRoom { room, wish } => wish.command(room),
            ToWorker::Recovery { room, wish } => wish.command(room),
            ToWorker::KitNoted { room } => Command::KitNoted { room },
            ToWorker::Active => Command::Active,
            ToWorker::Send { room, text } => Command::Send { room, text },
            ToWorker::SendAgain { room, message_id } => Command::Retry { room, message_id },
            ToWorker::Discard { room, message_id } => Command::Discard { room, message_id },
            ToWorker::AskForKeys { room } => Command::AskForKeys { room },
            ToWorker::LookedAt { room } => Command::LookedAt { room },
            ToWorker::FollowService { room } => Command::FollowService { room },
            ToWorker::Read { room, seq } => Command::Read { room, seq },
            _ => return,
        };
        self.command(command);
    }

    fn join(&mut self, link: &InviteLink) {
        if let Some(secret) = link.secret.secret() {
            self.command(Command::Join { room: link.room, secret });
        }
    }

    /// Ends the session; the keys stay for the next one, unless they are to be forgotten.
    pub(super) async fn sign_out(&mut self, forget: bool) -> Result<(), Halt> {
        if !forget && self.is_cut_off() {
            self.host.show(vec![ToPage::Refused(Trouble::NeedsConnection)]);
            return Ok(());
        }
        match account::sign_out().await {
            Ok(()) => {}
            Err(error) if forget || error.code() == Some(ErrorCode::NotSignedIn) => {}
            Err(error) => {
                // Signed out here alone, the session would go on at the service.
                self.host.show(vec![ToPage::Refused(trouble(&error))]);
                return Ok(());
            }
        }
        self.end_run();
        if forget {
            return self.forget().await;
        }
        self.session_ended(None).await
    }

    /// The session is over, for a reason that the person is told, if it is known; the keys stay.
    pub(super) async fn session_ended(&mut self, why: Option<SessionEnd>) -> Result<(), Halt> {
        self.host.show(why.map(ToPage::ShutOut).into_iter().collect());
        self.end_run();
        self.begun = None;
        self.new_mailbox = None;
        self.host.keep(server::let_out());
        let vault = self.open_vault().await?;
        vault.put_session(None).await?;
        let handle = self.stored_handle().await?;
        self.enter(Stage::SignedOut { handle });
        Ok(())
    }

    /// Removes what is stored here and begins anew.
    pub(super) async fn forget(&mut self) -> Result<(), Halt> {
        self.end_run();
        if matches!(self.stage, Stage::OtherAccount { .. }) {
            // Somebody else is signed in with this installation already: only the records go.
            self.open_vault().await?.forget_account().await?;
            return self.ask_server(None).await;
        }
        let _ = account::sign_out().await;
        self.host.keep(server::forget());
        self.close_vault();
        Vault::destroy().await?;
        self.boot().await
    }

    /// Drops what was fetched and fetches it anew, with the same keys.
    pub(super) async fn fetch_anew(&mut self) -> Result<(), Halt> {
        self.end_run();
        self.open_vault().await?.forget_core().await?;
        self.boot().await
    }

    async fn read(&self, vault: &Vault) -> Result<Records, Halt> {
        let records = vault.read().await?;
        match &records.damaged {
            Some(_) if records.identity_is_damaged() => Err(Halt(Stage::Stopped(Trouble::DamagedKeys))),
            Some(_) => Err(Halt(Stage::Stopped(Trouble::DamagedRecords))),
            None => Ok(records),
        }
    }

    async fn stored_handle(&mut self) -> Result<Option<String>, Halt> {
        let vault = self.open_vault().await?;
        let records = self.read(&vault).await?;
        Ok(stored_identity(&records)?.map(|identity| identity.handle().to_owned()))
    }
}

/// Whether a wish is refused for want of a connection, and the room that it is about. What changes a room is not kept for later:
/// whoever wished it would not know what came of it. A room that is made or joined while the app connects waits for that; once
/// the server is known not to answer, it is not even begun.
const fn cannot_wait(wish: &ToWorker, connection: Connection) -> Option<Option<RoomId>> {
    match (wish, connection) {
        (_, Connection::Online) => None,
        (
            ToWorker::RenameRoom { room, .. }
            | ToWorker::Invite { room, .. }
            | ToWorker::CloseInvite { room, .. }
            | ToWorker::AllowMemberInvites { room, .. },
            Connection::Connecting | Connection::Reconnecting(_),
        ) => Some(Some(*room)),
        (ToWorker::InRoom { room, wish }, Connection::Connecting | Connection::Reconnecting(_))
            if wish.cannot_wait() =>
        {
            Some(Some(*room))
        }
        (ToWorker::Recovery { room, wish }, Connection::Connecting | Connection::Reconnecting(_))
            if wish.cannot_wait() =>
        {
            Some(Some(*room))
        }
        (ToWorker::CreateRoom { .. } | ToWorker::Join(_), Connection::Reconnecting(_)) => Some(None),
        _ => None,
    }
}

fn stored_identity(records: &Records) -> Result<Option<Identity>, Halt> {
    let identity = records.identity.as_ref().map(|record| Identity::from_record(record));
    identity.transpose().map_err(|_| Halt(Stage::Stopped(Trouble::DamagedKeys)))
}

/// What the service says that something of this computer's identity is called.
pub(super) enum NewName {
    /// The account's handle.
    Handle(String),
    /// This computer's name.
    Computer(String),
}

impl NewName {
    fn is_of(&self, profile: &Profile) -> bool {
        match self {
            Self::Handle(handle) => *handle == profile.handle,
            Self::Computer(name) => *name == profile.device_name,
        }
    }
}

/// The same keys under another name.
fn renamed(identity: &Identity, name: NewName) -> Result<Identity, Halt> {
    let (handle, device_name) = match name {
        NewName::Handle(handle) => (handle, identity.device_name().to_owned()),
        NewName::Computer(name) => (identity.handle().to_owned(), name),
    };
    let same = || {
        let (rsa, seed) = identity.keys().to_parts()?;
        let keys = DeviceKeys::from_parts(&rsa, &seed)?;
        Identity::new(identity.account(), identity.installation(), handle, device_name, keys)
    };
    same().map_err(|_: CryptoError| Halt(Stage::Stopped(Trouble::DamagedKeys)))
}

fn no_keys<E>(_: E) -> Halt {
    Halt(Stage::Stopped(Trouble::Keys))
}

fn record(identity: &Identity) -> Result<Zeroizing<Vec<u8>>, Halt> {
    identity.to_record().map_err(|_| Halt(Stage::Stopped(Trouble::Keys)))
}

/// What a failed call means to people.
pub(super) fn trouble(error: &CallError) -> Trouble {
    match error {
        CallError::Unreachable => Trouble::Unreachable,
        CallError::Refused(ErrorBody { code: ErrorCode::BadCode, tries_left: Some(tries_left), .. }) => {
            Trouble::WrongCode { tries_left: *tries_left }
        }
        CallError::Refused(body) => {
            Trouble::Refused { code: body.code, field: body.field.clone(), retry_after_ms: body.retry_after_ms }
        }
    }
}

impl From<VaultError> for Halt {
    fn from(error: VaultError) -> Self {
        Self(match error {
            VaultError::NoStorage => Stage::Stopped(Trouble::Storage),
            VaultError::Full => Stage::Stopped(Trouble::StorageFull),
            // Looked at anew, whatever is left.
            VaultError::Gone => Stage::Starting,
            VaultError::NotOwner => Stage::Elsewhere,
            VaultError::Damaged(_) => Stage::Stopped(Trouble::DamagedKeys),
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a measurement; the cast saturates")]
const fn whole(millis: f64) -> u32 {
    millis as u32
}

#[cfg(test)]
mod tests {
    use igoon_shared::{
        client::io::{InviteTerms, RecoveryChoice},
        crypto::invite::InviteSecret,
        time::Timestamp,
    };

    use super::*;
    use crate::messages::{Cause, Outage, RecoveryWish, RoomDeed, RoomWish};

    const ROOM: RoomId = RoomId::from_bytes([1; 32]);

    fn lost() -> Connection {
        Connection::Reconnecting(Outage { since: Timestamp(0), cause: Cause::Unanswered, next_try: None })
    }

    #[test]
    fn what_changes_a_room_is_refused_at_once_without_a_connection() {
        let wishes = [
            ToWorker::RenameRoom { room: ROOM, name: "Board".to_owned() },
            ToWorker::Invite { room: ROOM, terms: InviteTerms::default() },
            ToWorker::AllowMemberInvites { room: ROOM, allowed: true },
            ToWorker::InRoom { room: ROOM, wish: RoomWish::Do(RoomDeed::Leave) },
            ToWorker::Recovery { room: ROOM, wish: RecoveryWish::Ask { announce: false } },
        ];
        for wish in wishes {
            assert_eq!(cannot_wait(&wish, Connection::Connecting), Some(Some(ROOM)), "{wish:?}");
            assert_eq!(cannot_wait(&wish, lost()), Some(Some(ROOM)), "{wish:?}");
            assert_eq!(cannot_wait(&wish, Connection::Online), None, "{wish:?}");
        }
    }

    #[test]
    fn a_room_is_made_or_joined_as_soon_as_the_app_is_connected_and_not_in_an_outage() {
        let secret = (&InviteSecret::from_bytes([1; 32])).into();
        let wishes = [
            ToWorker::CreateRoom { name: "Board".to_owned(), recovery: RecoveryChoice::default() },
            ToWorker::Join(InviteLink { room: ROOM, secret }),
        ];
        for wish in wishes {
            assert_eq!(cannot_wait(&wish, Connection::Connecting), None, "{wish:?}");
            assert_eq!(cannot_wait(&wish, lost()), Some(None), "{wish:?}");
        }
    }

    #[test]
    fn what_is_written_waits() {
        let wish = ToWorker::Send { room: ROOM, text: "hello".to_owned() };
        assert_eq!(cannot_wait(&wish, lost()), None);
    }
}
