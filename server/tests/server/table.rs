//! Every HTTP route and every kind of frame, by every kind of caller: who gets what. A route without a row fails, a row
//! without a route too, and a kind of frame without a row does not compile.
//!
//! *Room admin* is a member by an invite that says so; *put out*, *left* and *revoked* were in the room and are signed in as
//! before; *unvouched* is a member's second computer, for which nobody has vouched. What a row asks for is valid as far as it can be without changing who the caller is: a wrong password
//! where a right one would end sessions, an id that does not exist where a right one would. So `bad_credentials` or
//! `code_expired` in a row says that the caller came as far as that.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::SinkExt as _;
use igoon_server::{config::Rates, error};
use igoon_shared::{
    crypto::{epoch::SealedKey, invite::InviteSecret, message::Cursor, system_rng},
    ids::{ChallengeId, Incarnation, InstallationId, LogIndex, Seq, SessionId},
    log::{
        Action, HistoryRule, Role, RoomState,
        action::{Invited, Standing},
    },
    presence::Availability,
    protocol::{
        SUBPROTOCOL,
        bytes::Blob,
        codec,
        error::{ErrorBody, ErrorCode},
        frames::{Ack, Activity, ClientFrame, Ping, ServerFrame, Sync},
        http::{
            API, AddKeys, AnswerApproval, Append, ApproveRecovery, AskForApproval, ChangeEmail, ChangeHandle,
            ChangePassword, ChooseAvailability, ConfirmEmail, ConfirmReset, ConfirmSignIn, ConfirmSignUp,
            InviteSealedKey, LeaveStatement, MailedCode, Me, MoveDevice, OpenInviteRequest, RecoveryKit,
            RegisterDevice, RenameDevice, ResendCode, ResetPassword, SessionTransport, SetUp, SignIn, SignInAnswer,
            SignUp,
        },
    },
};
use reqwest::{Client, Method, StatusCode, header};
use serde::{Deserialize as _, Deserializer, de};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};

use crate::{
    document,
    support::{PASSWORD, Person, Server, Socket, email, now, only, proof, secret},
};

const ADMIN_TOKEN: &str = "0123456789abcdefghijklmnopqrstuv";

/// Who asks; in the order of the table's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Caller {
    Stranger,
    /// Signed in, without a device.
    NoDevice,
    /// With a device, in no room.
    Outsider,
    Member,
    RoomAdmin,
    /// Of the server and of the room.
    Owner,
    /// Is a member with a device; the session was ended.
    SignedOut,
    /// Was a member with a device, and was removed.
    PutOut,
    /// Was a member with a device, and left.
    Gone,
    /// Is a member, but the device was revoked.
    Revoked,
    /// Is a member with another computer than this.
    Unvouched,
    /// Has the admin token.
    Watcher,
}

use Caller::{
    Gone, Member, NoDevice, Outsider, Owner, PutOut, Revoked, RoomAdmin, SignedOut, Stranger, Unvouched, Watcher,
};

const CALLERS: [Caller; 12] =
    [Stranger, NoDevice, Outsider, Member, RoomAdmin, Owner, SignedOut, PutOut, Gone, Revoked, Unvouched, Watcher];

/// What a caller gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// A success of this status.
    Granted(u16),
    /// A refusal; its status is the code's.
    Refused(ErrorCode),
}

const OK: Answer = Answer::Granted(200);
const DONE: Answer = Answer::Granted(204);
const OPEN: Answer = Answer::Granted(101);
const NO: Answer = Answer::Refused(ErrorCode::NotSignedIn);
const FORBIDDEN: Answer = Answer::Refused(ErrorCode::Forbidden);
const NOT_FOUND: Answer = Answer::Refused(ErrorCode::NotFound);
const INVALID: Answer = Answer::Refused(ErrorCode::Invalid);
const NOT_ENTITLED: Answer = Answer::Refused(ErrorCode::NotEntitled);
const BAD_ENTRY: Answer = Answer::Refused(ErrorCode::BadEntry);
const SETUP_CODE: Answer = Answer::Refused(ErrorCode::BadSetupCode);
const CREDENTIALS: Answer = Answer::Refused(ErrorCode::BadCredentials);
const MALFORMED: Answer = Answer::Refused(ErrorCode::Malformed);
const EXPIRED: Answer = Answer::Refused(ErrorCode::CodeExpired);

/// The same for everybody.
const fn all(answer: Answer) -> [Answer; 12] {
    [answer; 12]
}

/// In a room, for who is signed in: without a device, with one in no room, for members, admins, owners, and for a member's
/// device that is not entitled. Who was in the room once is told what outsiders are, but for its log ([`LOG`]).
const fn in_room(
    no_device: Answer,
    outsider: Answer,
    member: Answer,
    admin: Answer,
    owner: Answer,
    not_entitled: Answer,
) -> [Answer; 12] {
    [NO, no_device, outsider, member, admin, owner, NO, outsider, outsider, not_entitled, not_entitled, NO]
}

/// For who has a device, whatever else.
const fn with_device(answer: Answer) -> [Answer; 12] {
    in_room(FORBIDDEN, answer, answer, answer, answer, answer)
}

/// For who is signed in, whatever else.
const fn signed_in(answer: Answer) -> [Answer; 12] {
    [NO, answer, answer, answer, answer, answer, NO, answer, answer, answer, answer, NO]
}

const WATCH: [Answer; 12] =
    [NO, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK, NO, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK];

/// Who was in the room once reads the log up to the entry that put them out.
const LOG: [Answer; 12] = [NO, NOT_FOUND, NOT_FOUND, OK, OK, OK, NO, OK, OK, OK, OK, NO];

type Ask = fn(&mut World, Caller) -> Request;

#[rustfmt::skip]
const ROUTES: [(&str, Ask, [Answer; 12]); 51] = [
    //                                                            no device, outsider, member, room admin, owner, not entitled
    ("GET /api/v1/openapi.json",             |_, _| nothing(),    all(OK)),
    ("GET /api/v1/server",                   |_, _| nothing(),    all(OK)),
    ("POST /api/v1/setup",                   set_up,              all(SETUP_CODE)),
    ("POST /api/v1/sign-up",                 sign_up,             all(OK)),
    ("POST /api/v1/sign-up/confirm",         confirm_sign_up,     all(EXPIRED)),
    ("POST /api/v1/codes/resend",            resend,              all(EXPIRED)),
    ("POST /api/v1/sign-in",                 sign_in,             all(CREDENTIALS)),
    ("POST /api/v1/sign-in/confirm",         confirm_sign_in,     all(EXPIRED)),
    ("POST /api/v1/password-reset",          reset,               all(OK)),
    ("POST /api/v1/password-reset/confirm",  confirm_reset,       all(EXPIRED)),
    ("POST /api/v1/invites/open",            open_invite,         all(OK)),
    ("GET /api/v1/me",                       |_, _| nothing(),    signed_in(OK)),
    ("PUT /api/v1/me/handle",                handle,              signed_in(DONE)),
    ("PUT /api/v1/me/password",              password,            signed_in(CREDENTIALS)),
    ("PUT /api/v1/me/email",                 new_email,           signed_in(CREDENTIALS)),
    ("POST /api/v1/me/email/confirm",        confirm_email,       signed_in(EXPIRED)),
    ("GET /api/v1/me/sessions",              |_, _| nothing(),    signed_in(OK)),
    ("DELETE /api/v1/me/sessions/{session}", end_session,         signed_in(NOT_FOUND)),
    ("PUT /api/v1/device",                   anothers_device,     signed_in(INVALID)),
    ("PUT /api/v1/device/address",           address,             with_device(DONE)),
    ("GET /api/v1/devices",                  |_, _| nothing(),    signed_in(OK)),
    ("PATCH /api/v1/devices/{device}",       anothers_name,       signed_in(NOT_FOUND)),
    ("POST /api/v1/approvals",               |_, _| ask(),        with_device(OK)),
    ("POST /api/v1/approvals/{device}",      no_question,         in_room(FORBIDDEN, FORBIDDEN, NOT_FOUND, NOT_FOUND, NOT_FOUND, FORBIDDEN)),
    ("POST /api/v1/statements",              anothers_word,       with_device(INVALID)),
    ("PUT /api/v1/availability",             availability,        with_device(DONE)),
    ("POST /api/v1/socket-ticket",           |_, _| nothing(),    with_device(OK)),
    ("GET /api/v1/socket",                   handshake,           with_device(OPEN)),
    ("POST /api/v1/rooms",                   another_room,        in_room(FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK, FORBIDDEN)),
    ("POST /api/v1/rooms/{room}/log",        invite,              in_room(FORBIDDEN, BAD_ENTRY, BAD_ENTRY, OK, OK, BAD_ENTRY)),
    // No backup was restored.
    ("POST /api/v1/rooms/{room}/log/lost",   invite,              in_room(FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
    ("GET /api/v1/rooms/{room}/log",         of_room,             LOG),
    ("POST /api/v1/rooms/{room}/keys",       no_keys,             in_room(FORBIDDEN, NOT_FOUND, MALFORMED, MALFORMED, MALFORMED, MALFORMED)),
    ("GET /api/v1/rooms/{room}/keys",        of_room,             in_room(FORBIDDEN, NOT_FOUND, OK, OK, OK, NOT_ENTITLED)),
    ("GET /api/v1/rooms/{room}/names",       of_room,             in_room(NOT_FOUND, NOT_FOUND, OK, OK, OK, OK)),
    ("PUT /api/v1/rooms/{room}/invite-key",  invite_key,          in_room(FORBIDDEN, NOT_FOUND, DONE, DONE, DONE, NOT_ENTITLED)),
    ("GET /api/v1/recovery-key",             |_, _| nothing(),    signed_in(OK)),
    ("POST /api/v1/rooms/{room}/recovery-requests", ask_recovery,
        [NO, FORBIDDEN, NOT_FOUND, INVALID, INVALID, INVALID, NO, NOT_FOUND, NOT_FOUND, INVALID, OK, NO]),
    ("GET /api/v1/rooms/{room}/recovery-requests", of_room,       in_room(NOT_FOUND, NOT_FOUND, OK, OK, OK, OK)),
    // That of the one who asked above, which is gone once the owner has turned it down.
    ("DELETE /api/v1/rooms/{room}/recovery-requests/{device}", anothers_request,
        in_room(NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, DONE, NOT_FOUND)),
    ("POST /api/v1/rooms/{room}/recovery-approvals", approval,    in_room(FORBIDDEN, NOT_FOUND, CREDENTIALS, CREDENTIALS, CREDENTIALS, CREDENTIALS)),
    ("PUT /api/v1/rooms/{room}/recovery-kit", kit,                in_room(FORBIDDEN, NOT_FOUND, FORBIDDEN, FORBIDDEN, DONE, FORBIDDEN)),
    ("GET /api/v1/rooms/{room}/recovery-kit", of_room,            in_room(FORBIDDEN, NOT_FOUND, FORBIDDEN, FORBIDDEN, OK, FORBIDDEN)),
    ("GET /health/live",                     |_, _| nothing(),    all(OK)),
    ("GET /health/ready",                    |_, _| nothing(),    all(OK)),
    ("GET /admin/actors",                    |_, _| nothing(),    WATCH),
    ("GET /admin/overview",                  |_, _| nothing(),    WATCH),
    ("GET /metrics",                         |_, _| nothing(),    WATCH),
    // These end sessions, so they come last.
    ("DELETE /api/v1/me/sessions/{session}", own_session,         signed_in(DONE)),
    ("POST /api/v1/sign-out",                |_, _| nothing(),    signed_in(DONE)),
    ("POST /api/v1/sign-out-everywhere",     |_, _| nothing(),    signed_in(DONE)),
];

/// What a frame brings. Nobody but devices can send one: see the row of `GET /socket`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Accepted,
    Refused(ErrorCode),
    Page,
    Pong,
    SyncRefused(ErrorCode),
    /// Nothing is said, and the connection goes on.
    Nothing,
    /// The connection was closed: sign in first.
    Closed,
}

const SENDERS: [Caller; 9] = [Outsider, Member, RoomAdmin, Owner, SignedOut, PutOut, Gone, Revoked, Unvouched];

/// The rows of the frames: what each of [`SENDERS`] gets.
const fn outcomes(frame: &ClientFrame) -> [Outcome; 9] {
    use Outcome::{Accepted, Closed, Nothing, Page, Pong, Refused, SyncRefused};
    /// To outsiders, to members, to whose device is not entitled; outsiders are also who was in the room once.
    const fn row(outsider: Outcome, member: Outcome, not_entitled: Outcome) -> [Outcome; 9] {
        [outsider, member, member, member, Closed, outsider, outsider, not_entitled, not_entitled]
    }
    let (not_found, not_entitled) = (ErrorCode::NotFound, ErrorCode::NotEntitled);
    match frame {
        ClientFrame::Send(_) => row(Refused(not_found), Accepted, Refused(not_entitled)),
        ClientFrame::Sync(_) => row(SyncRefused(not_found), Page, SyncRefused(not_entitled)),
        ClientFrame::Activity(_) | ClientFrame::Ack(_) => row(Nothing, Nothing, Nothing),
        ClientFrame::Ping(_) => row(Pong, Pong, Pong),
    }
}

/// One of each kind, for the room.
fn frames(world: &World, sender: &Person) -> Vec<ClientFrame> {
    let room = world.state.room();
    vec![
        ClientFrame::Send(sender.message(&world.state, "hello").1),
        ClientFrame::Sync(Sync { room, after: Cursor { incarnation: Incarnation(0), seq: Seq(0) } }),
        ClientFrame::Ack(Ack { room, delivered: Seq(1), read: Seq(1) }),
        ClientFrame::Activity(Activity {}),
        ClientFrame::Ping(Ping {}),
    ]
}

struct World {
    server: Server,
    people: BTreeMap<Caller, Person>,
    /// The second session of each.
    spare: BTreeMap<Caller, SessionId>,
    state: RoomState,
    link: InviteSecret,
}

/// What is put into a path, the headers besides, and the body.
struct Request {
    path: Option<String>,
    by_handshake: bool,
    body: Option<Value>,
}

const fn nothing() -> Request {
    Request { path: None, by_handshake: false, body: None }
}

fn body(body: impl serde::Serialize) -> Request {
    Request { body: Some(serde_json::to_value(body).unwrap()), ..nothing() }
}

impl Request {
    fn at(self, path: impl ToString) -> Self {
        Self { path: Some(path.to_string()), ..self }
    }
}

impl World {
    async fn new() -> Self {
        // The table is not about how often.
        let often = 1_000_000;
        let rates = Rates {
            requests_per_minute: often,
            requests_burst: often,
            sign_ins_per_hour: often,
            mails_per_hour: often,
            ..Rates::default()
        };
        let server = Server::start_with(tempfile::tempdir().unwrap(), |config| {
            config.rates = rates;
            config.admin_token = Some(ADMIN_TOKEN.parse().unwrap());
        })
        .await;
        let owner = server.owner().await;
        let mut state = owner.make_room(HistoryRule::AllRetained).await;
        let room = state.room();
        let link = owner.invite(&mut state, 1_000).await;
        let for_admins = InviteSecret::random(&mut system_rng());
        let entry = owner.entry(&state, invited(&state, &for_admins, Role::Admin));
        state.apply(&entry).unwrap();
        owner.append(room, &only(entry)).await.unwrap();

        let mut people = BTreeMap::new();
        people.insert(NoDevice, server.account("no-device", room, &link).await);
        people.insert(Outsider, server.newcomer("outsider", room, &link).await);
        for (caller, handle, link) in [
            (Member, "member", &link),
            (RoomAdmin, "room-admin", &for_admins),
            (SignedOut, "signed-out", &link),
            (PutOut, "put-out", &link),
            (Gone, "gone", &link),
            (Revoked, "revoked", &link),
        ] {
            let person = server.newcomer(handle, room, link).await;
            person.join(&mut state, link).await;
            people.insert(caller, person);
        }
        let two_computers = server.newcomer("two-computers", room, &link).await;
        two_computers.join(&mut state, &link).await;
        people.insert(Unvouched, two_computers.another_computer(&server).await);
        people[&Gone].leave(&mut state).await;
        owner.revoke(&mut state, &people[&Revoked]).await;
        owner.put_out(&mut state, &people[&PutOut]).await;
        // The one before is closed by now.
        let link = owner.invite(&mut state, 1_000).await;
        people.insert(Owner, owner);
        Self { server, people, spare: BTreeMap::new(), state, link }
    }

    fn person(&self, caller: Caller) -> Option<&Person> {
        self.people.get(&caller)
    }

    fn token(&self, caller: Caller) -> Option<&str> {
        if caller == Watcher { Some(ADMIN_TOKEN) } else { self.person(caller).map(|person| person.token.as_str()) }
    }

    /// A token and the id of another session of this person's.
    async fn another_session(&self, person: &Person) -> (String, SessionId) {
        let body = SignIn {
            email: email(&person.handle),
            password: secret(PASSWORD),
            installation: person.installation,
            session: SessionTransport::Bearer,
            trust: person.trust.clone(),
        };
        let answer: SignInAnswer = person.post("/sign-in", &body).await.unwrap();
        let SignInAnswer::SignedIn(signed_in) = answer else { panic!("a code was asked for") };
        let token = signed_in.token.unwrap();
        let me = Client::new().get(format!("{}{API}/me", self.server.url)).bearer_auth(token.expose()).send();
        let me: Me = me.await.unwrap().json().await.unwrap();
        (token.expose().to_owned(), me.session)
    }

    async fn ask(&mut self, route: &str, ask: Ask, caller: Caller) -> Answer {
        let (method, template) = route.split_once(' ').unwrap();
        let Request { path, by_handshake, body } = ask(self, caller);
        // The parameters come in their order, with a slash between.
        let mut parameters = path.iter().flat_map(|path| path.split('/'));
        let parts =
            template.split('/').map(|part| if part.starts_with('{') { parameters.next().unwrap() } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        assert_eq!(parameters.next(), None, "{route}");
        let method: Method = method.parse().unwrap();
        let mut request = Client::new().request(method.clone(), format!("{}{path}", self.server.url));
        let token = self.token(caller);
        if by_handshake {
            let cookie = token.map(|token| format!("__Host-igoon={token}")).unwrap_or_default();
            request = request
                .header(header::COOKIE, cookie)
                .header(header::ORIGIN, self.server.origin())
                .header(header::CONNECTION, "upgrade")
                .header(header::UPGRADE, "websocket")
                .header(header::SEC_WEBSOCKET_VERSION, "13")
                .header(header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==")
                .header(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
        } else if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let bytes =
            if status == StatusCode::SWITCHING_PROTOCOLS { Vec::new() } else { response.bytes().await.unwrap().into() };
        document::expect_documented(&method, &path, status, &bytes);
        if status.is_client_error() || status.is_server_error() {
            let refusal: ErrorBody = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(status.as_u16(), error::status(refusal.code).as_u16(), "{route}");
            Answer::Refused(refusal.code)
        } else {
            Answer::Granted(status.as_u16())
        }
    }
}

fn invited(state: &RoomState, link: &InviteSecret, role: Role) -> Action {
    let expires_at = now().plus_millis(60_000);
    Action::Invited(Invited { invite: link.key(state.room()), role, uses: 1, expires_at })
}

fn no_code() -> MailedCode {
    let (challenge, installation) = (ChallengeId::random(&mut system_rng()), InstallationId::from_bytes([1; 16]));
    MailedCode { challenge, installation, digits: secret("12345678") }
}

fn set_up(_: &mut World, _: Caller) -> Request {
    let installation = InstallationId::from_bytes([1; 16]);
    body(SetUp { code: secret("00000-00000-00000-00000"), email: email("somebody"), installation })
}

fn sign_up(world: &mut World, _: Caller) -> Request {
    let invite = proof(world.state.room(), &world.link, InstallationId::random(&mut system_rng()));
    body(SignUp { invite, email: email("somebody") })
}

fn confirm_sign_up(_: &mut World, _: Caller) -> Request {
    let (handle, password, session) = ("somebody".to_owned(), secret(PASSWORD), SessionTransport::Bearer);
    body(ConfirmSignUp { code: no_code(), handle, password, session })
}

fn resend(_: &mut World, _: Caller) -> Request {
    let MailedCode { challenge, installation, .. } = no_code();
    body(ResendCode { challenge, installation })
}

fn sign_in(_: &mut World, caller: Caller) -> Request {
    let installation = InstallationId::from_bytes([1; 16]);
    let (email, password) = (email(&format!("{caller:?}")), secret("incorrect horse"));
    body(SignIn { email, password, installation, session: SessionTransport::Bearer, trust: None })
}

fn confirm_sign_in(_: &mut World, _: Caller) -> Request {
    body(ConfirmSignIn { code: no_code(), session: SessionTransport::Bearer })
}

fn reset(_: &mut World, _: Caller) -> Request {
    body(ResetPassword { email: email("nobody"), installation: InstallationId::from_bytes([1; 16]) })
}

fn confirm_reset(_: &mut World, _: Caller) -> Request {
    let (password, session) = (secret("another horse battery"), SessionTransport::Bearer);
    body(ConfirmReset { code: no_code(), password, session })
}

fn open_invite(world: &mut World, _: Caller) -> Request {
    let proof = proof(world.state.room(), &world.link, InstallationId::random(&mut system_rng()));
    body(OpenInviteRequest { proof, from: LogIndex(0) })
}

fn handle(world: &mut World, caller: Caller) -> Request {
    let own = world.person(caller).map_or("somebody", |person| &person.handle);
    body(ChangeHandle { handle: own.to_owned() })
}

fn password(_: &mut World, _: Caller) -> Request {
    body(ChangePassword { current: secret("incorrect horse"), password: secret("another horse battery") })
}

fn new_email(_: &mut World, _: Caller) -> Request {
    body(ChangeEmail { email: email("somewhere-else"), current: secret("incorrect horse") })
}

fn confirm_email(_: &mut World, _: Caller) -> Request {
    body(ConfirmEmail { code: no_code() })
}

fn end_session(_: &mut World, _: Caller) -> Request {
    nothing().at(SessionId::random(&mut system_rng()))
}

fn own_session(world: &mut World, caller: Caller) -> Request {
    let spare = world.spare.get(&caller).copied();
    nothing().at(spare.unwrap_or_else(|| SessionId::random(&mut system_rng())))
}

/// Somebody else's keys.
fn anothers_device(world: &mut World, caller: Caller) -> Request {
    let other = world.person(if caller == Member { Owner } else { Member }).unwrap();
    let bundle = other.bundle.as_ref().unwrap().signed().clone();
    body(RegisterDevice { bundle, name: "laptop".to_owned(), platform: "test".to_owned(), address: None })
}

/// Somebody else's computer.
fn anothers_name(world: &mut World, caller: Caller) -> Request {
    let other = world.person(if caller == Member { Owner } else { Member }).unwrap();
    body(RenameDevice { name: "mine".to_owned() }).at(other.device())
}

fn address(_: &mut World, _: Caller) -> Request {
    body(MoveDevice { address: None })
}

fn ask() -> Request {
    body(AskForApproval { again: false })
}

/// Of a computer of somebody else's, which does ask.
fn no_question(world: &mut World, caller: Caller) -> Request {
    let other = world.person(if caller == Member { Owner } else { Member }).unwrap();
    body(AnswerApproval { approved: false }).at(other.device())
}

/// What somebody else says.
fn anothers_word(world: &mut World, caller: Caller) -> Request {
    let other = world.person(if caller == Member { Owner } else { Member }).unwrap();
    body(LeaveStatement { statement: other.says(other.device(), Standing::Revoked), newcomer: None })
}

fn availability(_: &mut World, _: Caller) -> Request {
    body(ChooseAvailability { availability: Availability::Available })
}

/// None: who may hand keys on is told that these are none.
fn no_keys(world: &mut World, _: Caller) -> Request {
    body(AddKeys { envelopes: Vec::new(), links: Vec::new() }).at(world.state.room())
}

fn handshake(_: &mut World, _: Caller) -> Request {
    Request { by_handshake: true, ..nothing() }
}

/// A room of the caller's, where it has a device.
fn another_room(world: &mut World, caller: Caller) -> Request {
    let maker = world.person(caller).filter(|person| person.bundle.is_some());
    body(maker.unwrap_or(&world.people[&Owner]).room(HistoryRule::AllRetained).1)
}

fn of_room(world: &mut World, _: Caller) -> Request {
    nothing().at(world.state.room())
}

/// An invite by the caller's device.
fn invite(world: &mut World, caller: Caller) -> Request {
    let author = world.person(caller).filter(|person| person.bundle.is_some()).unwrap_or(&world.people[&Owner]);
    let link = InviteSecret::random(&mut system_rng());
    let entry = author.entry(&world.state, invited(&world.state, &link, Role::Member));
    if matches!(caller, RoomAdmin | Owner) {
        world.state.apply(&entry).unwrap();
    }
    body(only(entry)).at(world.state.room())
}

fn invite_key(world: &mut World, _: Caller) -> Request {
    let (room, epoch) = (world.state.room(), world.state.current_epoch());
    let sealed = SealedKey { salt: Blob(vec![0; 16]), ciphertext: Blob(vec![0; 48]) };
    body(InviteSealedKey { invite: world.link.key(room), epoch, sealed }).at(room)
}

fn ask_recovery(world: &mut World, caller: Caller) -> Request {
    let asks = world.person(caller).filter(|person| person.bundle.is_some()).unwrap_or(&world.people[&Owner]);
    body(asks.asks(&world.state)).at(world.state.room())
}

fn anothers_request(world: &mut World, _: Caller) -> Request {
    nothing().at(format!("{}/{}", world.state.room(), world.people[&Unvouched].device()))
}

/// With a wrong password.
fn approval(world: &mut World, _: Caller) -> Request {
    let append = Append { entries: vec![], envelopes: vec![], link: None, names: vec![], invite_key: None };
    body(ApproveRecovery { current: secret("incorrect horse"), append }).at(world.state.room())
}

fn kit(world: &mut World, _: Caller) -> Request {
    body(RecoveryKit { signing_key: Blob(vec![1; 32]), sealed: Blob(vec![2; 100]) }).at(world.state.room())
}

#[actix_web::test]
async fn every_route_answers_every_caller_as_the_table_says() {
    let rows: BTreeSet<String> = ROUTES.iter().map(|(route, ..)| (*route).to_owned()).collect();
    assert_eq!(rows, document::routes(), "routes without a row, or rows without a route");

    let mut world = World::new().await;
    let (mut spare, mut last) = (BTreeMap::new(), BTreeMap::new());
    for (caller, person) in &world.people {
        spare.insert(*caller, world.another_session(person).await.1);
        last.insert(*caller, world.another_session(person).await.0);
    }
    world.spare = spare;
    let signed_out = world.person(SignedOut).unwrap();
    signed_out.call::<()>(Method::POST, "/sign-out-everywhere", None::<&()>).await.unwrap();
    let mut wrong = Vec::new();
    for (route, ask, expected) in ROUTES {
        for (caller, expected) in CALLERS.into_iter().zip(expected) {
            let answer = world.ask(route, ask, caller).await;
            if answer != expected {
                wrong.push(format!("{route} by {caller:?}: {answer:?}, not {expected:?}"));
            }
        }
        if route.ends_with("/sign-out") {
            // Their sessions are over; the next row ends the ones that were kept for it.
            for (caller, token) in std::mem::take(&mut last) {
                world.people.get_mut(&caller).unwrap().token = token;
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    world.server.stop().await;
}

/// What comes back for a frame. An `ack` has no answer: what the next question brings shows that the connection goes on.
async fn outcome(socket: &mut Socket, frame: &ClientFrame) -> Outcome {
    socket.send(frame).await;
    loop {
        match socket.next().await {
            ServerFrame::Accepted(_) => return Outcome::Accepted,
            ServerFrame::Refused(refused) => return Outcome::Refused(refused.code),
            ServerFrame::Page(_) => return Outcome::Page,
            ServerFrame::Pong(_) => return Outcome::Pong,
            ServerFrame::SyncRefused(refused) => return Outcome::SyncRefused(refused.code),
            ServerFrame::Error(error) => panic!("{error:?}"),
            // News of the room, which come by themselves.
            _ => {}
        }
    }
}

#[actix_web::test]
async fn every_frame_is_answered_to_every_sender_as_the_table_says() {
    let world = World::new().await;
    for (column, sender) in SENDERS.into_iter().enumerate() {
        let person = world.person(sender).unwrap();
        let (mut socket, _) = person.connect().await;
        let frames = frames(&world, person);
        if sender == SignedOut {
            person.call::<()>(Method::POST, "/sign-out", None::<&()>).await.unwrap();
            for frame in &frames {
                assert_eq!(outcomes(frame)[column], Outcome::Closed);
                // It may be closed already.
                let _ = socket.stream.feed(Message::Binary(codec::encode(frame).into())).await;
            }
            let _ = socket.stream.flush().await;
            assert_eq!(socket.closed().await, CloseCode::from(4401));
            continue;
        }
        for frame in &frames {
            let expected = outcomes(frame)[column];
            if expected == Outcome::Nothing {
                socket.send(frame).await;
                let [_, sync, ..] = frames.as_slice() else { panic!("no sync") };
                assert_eq!(outcome(&mut socket, sync).await, outcomes(sync)[column], "{sender:?} after {frame:?}");
            } else {
                assert_eq!(outcome(&mut socket, frame).await, expected, "{sender:?}: {frame:?}");
            }
        }
    }
    // What was sent by who may not is nowhere.
    let mut socket = world.person(Owner).unwrap().connect().await.0;
    let entries = world.state.head().index.0 + 1;
    assert_eq!(socket.catch_up(world.state.room()).await.len() as u64, entries + 3);
    world.server.stop().await;
}

/// Asks a type for the names of its kinds, as the codec knows them.
struct Names<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = de::value::Error;

    fn deserialize_any<V: de::Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("not an enum"))
    }

    fn deserialize_enum<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.extend(variants);
        Err(de::Error::custom("only asking"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

#[actix_web::test]
async fn every_kind_of_frame_is_sent() {
    let mut kinds = Vec::new();
    ClientFrame::deserialize(Names(&mut kinds)).unwrap_err();
    let world = World::new().await;
    let sent = frames(&world, world.person(Member).unwrap());
    let sent: Vec<_> =
        sent.iter().map(|frame| json!(frame).as_object().unwrap().keys().next().unwrap().clone()).collect();
    assert_eq!(sent, kinds, "one of each, in their order");
    world.server.stop().await;
}
