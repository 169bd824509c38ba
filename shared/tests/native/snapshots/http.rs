//! Bodies of the JSON API, and error codes.

use igoon_shared::{
    crypto::{bundle::SignedBundle, envelope::Envelope, epoch::SealedKey, message::LogHead},
    ids::{
        AccountId, ChallengeId, DeviceId, EntryHash, Epoch, Incarnation, InstallationId, InviteKey, LogIndex, RoomId,
        Seq, SessionId,
    },
    log::{SignedEntry, action::SignedStatement, request::SignedRequest},
    presence::Availability,
    protocol::{
        bytes::Blob,
        error::{ErrorBody, ErrorCode, SessionEnd},
        frames::{ApprovalOutcome, CommittedEntry, Newcomer, OpenName, RoomHead},
        http::{
            AddKeys, AnswerApproval, Append, Appended, ApprovalAsked, ApproveRecovery, AskForApproval, AskRecovery,
            ChangeEmail, ChangeHandle, ChangePassword, ChooseAvailability, CodeSent, ConfirmEmail, ConfirmReset,
            ConfirmSignIn, ConfirmSignUp, DeviceInfo, DeviceRegistered, Devices, EpochLink, InviteProof,
            InviteSealedKey, LeaveStatement, LocalAddress, LogPage, MailedCode, Me, MoveDevice, OpenInvite,
            OpenInviteRequest, RecoveryAsked, RecoveryKey, RecoveryKit, RecoveryKits, RecoveryProgress,
            RecoveryRequestInfo, RecoveryRequests, RegisterDevice, RenameDevice, ResendCode, ResetPassword, RoomKeys,
            RoomNames, RoomPosition, SecretText, ServerInfo, SessionInfo, SessionTransport, Sessions, SetUp, SignIn,
            SignInAnswer, SignUp, SignedIn, SocketTicket,
        },
    },
    time::Timestamp,
};

use super::{Page, every};

const ACCOUNT: AccountId = AccountId::from_bytes([0x01; 16]);
const INSTALLATION: InstallationId = InstallationId::from_bytes([0x02; 16]);
const CHALLENGE: ChallengeId = ChallengeId::from_bytes([0x06; 16]);
const SESSION: SessionId = SessionId::from_bytes([0x07; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([0x03; 32]);
const ROOM: RoomId = RoomId::from_bytes([0x04; 32]);
const INVITE: InviteKey = InviteKey::from_bytes([0x05; 32]);
const TIME: Timestamp = Timestamp(1_790_000_000_000);

#[test]
fn accounts() {
    let mut page = Page::new("JSON bodies about accounts, sessions and devices.");
    let (email, session) = ("ada@example.org".to_owned(), SessionTransport::Cookie);
    let code = MailedCode { challenge: CHALLENGE, installation: INSTALLATION, digits: secret("12345678") };
    page.json(
        "ServerInfo",
        &ServerInfo {
            version: "0.1.0".to_owned(),
            needs_setup: true,
            mail_to_folder: false,
            time: TIME,
            session_days: 90,
            contact: Some("ask@example.org".to_owned()),
        },
    );
    page.json("SetUp", &SetUp { code: secret("set-up code"), email: email.clone(), installation: INSTALLATION });
    page.json("SignUp", &SignUp { invite: proof(), email: email.clone() });
    page.json("CodeSent", &CodeSent { challenge: CHALLENGE, expires_at: TIME, resend_at: TIME });
    page.json("ResendCode", &ResendCode { challenge: CHALLENGE, installation: INSTALLATION });
    page.json(
        "ConfirmSignUp",
        &ConfirmSignUp { code: code.clone(), handle: "ada".to_owned(), password: secret("correct horse"), session },
    );
    let sign_in = SignIn {
        email: email.clone(),
        password: secret("correct horse"),
        installation: INSTALLATION,
        session: SessionTransport::Bearer,
        trust: None,
    };
    page.json("SignIn", &sign_in);
    page.json("SignIn, trusted", &SignIn { trust: Some(secret("proof")), ..sign_in });
    page.json("ConfirmSignIn", &ConfirmSignIn { code: code.clone(), session });
    page.json("ResetPassword", &ResetPassword { email: email.clone(), installation: INSTALLATION });
    page.json("ConfirmReset", &ConfirmReset { code: code.clone(), password: secret("battery staple"), session });
    page.json("SessionTransport, each", &every!(SessionTransport: Cookie, Bearer));
    let signed_in = SignedIn { account: ACCOUNT, token: None, trust: None };
    page.json("SignedIn, cookie", &signed_in);
    let bearer = SignedIn { token: Some(secret("token")), trust: Some(secret("proof")), ..signed_in.clone() };
    page.json("SignedIn, bearer", &bearer);
    page.json("SignInAnswer, signed in", &SignInAnswer::SignedIn(signed_in));
    let sent = CodeSent { challenge: CHALLENGE, expires_at: TIME, resend_at: TIME };
    page.json("SignInAnswer, code sent", &SignInAnswer::CodeSent(sent));
    let me = Me {
        account: ACCOUNT,
        email: email.clone(),
        handle: "ada".to_owned(),
        created_at: TIME,
        server_owner: true,
        may_create_rooms: true,
        session: SESSION,
        installation: INSTALLATION,
        device: Some(DEVICE),
        rooms: vec![ROOM],
    };
    page.json("Me", &me);
    page.json(
        "Me, no device yet",
        &Me { device: None, rooms: vec![], server_owner: false, may_create_rooms: false, ..me },
    );
    page.json("ChangeHandle", &ChangeHandle { handle: "grace".to_owned() });
    page.json(
        "ChangePassword",
        &ChangePassword { current: secret("correct horse"), password: secret("battery staple") },
    );
    page.json("ChangeEmail", &ChangeEmail { email, current: secret("correct horse") });
    page.json("ConfirmEmail", &ConfirmEmail { code });
    let listed = SessionInfo {
        session: SESSION,
        current: true,
        installation: INSTALLATION,
        device: Some(DEVICE),
        device_name: Some("study".to_owned()),
        platform: Some("Linux, Firefox".to_owned()),
        created_at: TIME,
        last_used_at: TIME,
        expires_at: TIME,
    };
    page.json("Sessions", &Sessions { sessions: vec![listed] });
    page.json(
        "RegisterDevice",
        &RegisterDevice {
            bundle: SignedBundle { bundle: Blob(vec![0x10; 3]), signature: Blob(vec![0x11; 4]) },
            name: "study".to_owned(),
            platform: "Linux, Firefox".to_owned(),
            address: None,
        },
    );
    page.json("DeviceRegistered", &DeviceRegistered { device: DEVICE });
    page.json("SocketTicket", &SocketTicket { ticket: secret("ticket") });
    page.assert_kept("http_accounts");
}

#[test]
fn devices() {
    let mut page = Page::new("JSON bodies about the computers of an account and what it is to others.");
    let address = Some(LocalAddress { ip: "192.168.1.5".parse().unwrap(), port: 7077.try_into().unwrap() });
    page.json("MoveDevice", &MoveDevice { address });
    page.json("MoveDevice, nowhere", &MoveDevice { address: None });
    page.json("RenameDevice", &RenameDevice { name: "kitchen".to_owned() });
    page.json("Availability, each", &every!(Availability: Available, Away, Busy, Invisible, Unknown));
    page.json("ChooseAvailability", &ChooseAvailability { availability: Availability::Busy });
    let device = DeviceInfo {
        device: DEVICE,
        installation: INSTALLATION,
        name: "study".to_owned(),
        platform: "Linux".to_owned(),
        address,
        registered_at: TIME,
        last_activity: TIME,
        last_seen: TIME,
        availability: Availability::Available,
        connected: true,
        current: true,
        signed_in: true,
        positions: vec![RoomPosition { room: ROOM, delivered: Seq(9), read: Seq(7) }],
    };
    page.json("Devices", &Devices { devices: vec![device] });
    page.json("AskForApproval", &AskForApproval { again: true });
    page.json("ApprovalAsked", &ApprovalAsked { asked_at: TIME, expires_at: TIME });
    page.json("AnswerApproval", &AnswerApproval { approved: false });
    let statement = SignedStatement { statement: Blob(vec![0x18; 3]), signature: Blob(vec![0x19; 4]) };
    let bundle = SignedBundle { bundle: Blob(vec![0x16; 3]), signature: Blob(vec![0x17; 4]) };
    let newcomer = Some(Newcomer { bundle, name: "study".to_owned() });
    page.json("LeaveStatement", &LeaveStatement { statement: statement.clone(), newcomer });
    page.json("LeaveStatement, of one that is revoked", &LeaveStatement { statement, newcomer: None });
    page.json("ApprovalOutcome, each", &every!(ApprovalOutcome: Approved, Refused, Withdrawn));
    page.assert_kept("http_devices");
}

#[test]
fn rooms() {
    let mut page = Page::new("JSON bodies about rooms, their logs and keys.");
    page.json(
        "Append, all that it can hold",
        &Append {
            entries: vec![entry()],
            envelopes: vec![envelope()],
            link: Some(EpochLink { epoch: Epoch(1), sealed: sealed() }),
            names: vec![name()],
            invite_key: Some(invite_key()),
        },
    );
    page.json(
        "Append, entries alone",
        &Append { entries: vec![entry()], envelopes: vec![], link: None, names: vec![], invite_key: None },
    );
    page.json("InviteSealedKey", &invite_key());
    page.json(
        "Appended",
        &Appended {
            room: ROOM,
            incarnation: Incarnation(1),
            entries: vec![CommittedEntry { index: LogIndex(2), seq: Seq(9) }],
        },
    );
    page.json(
        "RoomKeys",
        &RoomKeys { envelopes: vec![envelope()], links: vec![EpochLink { epoch: Epoch(1), sealed: sealed() }] },
    );
    page.json(
        "AddKeys",
        &AddKeys { envelopes: vec![envelope()], links: vec![EpochLink { epoch: Epoch(1), sealed: sealed() }] },
    );
    page.json("LogPage", &LogPage { entries: vec![entry()], more: true });
    page.json("RoomNames", &RoomNames { names: vec![name()] });
    page.json("OpenInviteRequest", &OpenInviteRequest { proof: proof(), from: LogIndex(0) });
    let open = OpenInvite {
        entries: vec![entry()],
        more: false,
        head: RoomHead { log: LogHead { index: LogIndex(3), hash: EntryHash::from_bytes([0x06; 32]) }, seq: Seq(12) },
        names: vec![name()],
        sealed: Some(invite_key()),
    };
    page.json("OpenInvite", &open);
    page.json("OpenInvite, no key beside the invite", &OpenInvite { sealed: None, names: vec![], ..open });
    page.assert_kept("http_rooms");
}

#[test]
fn recovery() {
    let mut page = Page::new("JSON bodies about recovery.");
    let request = SignedRequest { request: Blob(vec![0x1b; 2]), signature: Blob(vec![0x1c; 3]) };
    page.json("RecoveryKey", &RecoveryKey { recovery_key: Blob(vec![0x1d; 2]), signing_key: Blob(vec![0x1e; 32]) });
    page.json("AskRecovery", &AskRecovery { request: request.clone(), name: name(), announce: true });
    page.json("RecoveryAsked", &RecoveryAsked { expires_at: TIME });
    let info = |progress| RecoveryRequestInfo {
        request: request.clone(),
        bundle: SignedBundle { bundle: Blob(vec![0x10; 3]), signature: Blob(vec![0x11; 4]) },
        name: name(),
        platform: "Firefox on Linux".to_owned(),
        asked_at: TIME,
        expires_at: TIME,
        progress,
    };
    let entry = EntryHash::from_bytes([0x06; 32]);
    page.json("RecoveryRequests", &RecoveryRequests { requests: vec![info(RecoveryProgress::Asked)] });
    let each = [
        RecoveryProgress::Asked,
        RecoveryProgress::Waiting { entry, from: TIME },
        RecoveryProgress::Entitled,
        RecoveryProgress::Released,
        RecoveryProgress::Over,
    ];
    page.json("RecoveryProgress, each", &each);
    let append =
        Append { entries: vec![self::entry()], envelopes: vec![], link: None, names: vec![], invite_key: None };
    page.json("ApproveRecovery", &ApproveRecovery { current: secret("correct horse"), append });
    let kit = RecoveryKit { signing_key: Blob(vec![0x1f; 32]), sealed: Blob(vec![0x20; 3]) };
    page.json("RecoveryKit", &kit);
    page.json("RecoveryKits", &RecoveryKits { kits: vec![kit], envelopes: vec![envelope()] });
    page.assert_kept("http_recovery");
}

#[test]
fn errors() {
    let mut page = Page::new("Error codes and the body of a refusal.");
    let codes = every!(
        ErrorCode: Malformed, TooLarge, NotSignedIn, Forbidden, NotFound, BadCredentials, BadCode, CodeExpired, TooManyTries, TooManyMails, BadSetupCode, Invalid,
        HandleTaken, EmailTaken, InviteNotValid, LogConflict, ClockSkew, BadEntry, UnknownFormat, BadEnvelopes, EpochClosed,
        NotEntitled, NameTaken, RetryLater, RateLimited, BadOrigin, Internal, Unknown,
    );
    page.json("ErrorCode, each", &codes);
    page.message_pack("ErrorCode, each, in frames", &codes);
    let body = ErrorBody {
        code: ErrorCode::Invalid,
        message: "A handle has 2 to 32 characters.".to_owned(),
        field: Some("account.handle".to_owned()),
        tries_left: Some(4),
        retry_after_ms: Some(1000),
        session_end: Some(SessionEnd::Replaced),
        time: Some(Timestamp(1_790_000_000_000)),
        request_id: Some("r-1".to_owned()),
    };
    page.json("ErrorBody", &body);
    page.json("ErrorBody, the least", &ErrorBody { message: body.message, ..ErrorBody::of(body.code) });
    page.json("SessionEnd, each", &every!(SessionEnd: Refused, Replaced, Unknown));
    page.assert_kept("errors");
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn proof() -> InviteProof {
    InviteProof { room: ROOM, invite: INVITE, installation: INSTALLATION, signature: Blob(vec![0x12; 4]) }
}

fn entry() -> SignedEntry {
    SignedEntry { entry: Blob(vec![0x13; 2]), signature: Blob(vec![0x14; 3]) }
}

fn envelope() -> Envelope {
    Envelope { context: Blob(vec![0x15; 2]), ciphertext: Blob(vec![0x16; 3]), signature: Blob(vec![0x17; 4]) }
}

fn sealed() -> SealedKey {
    SealedKey { salt: Blob(vec![0x18; 2]), ciphertext: Blob(vec![0x19; 3]) }
}

fn name() -> OpenName {
    OpenName { random: Blob(vec![0x1a; 32]), name: "Chess club ♞".to_owned() }
}

fn invite_key() -> InviteSealedKey {
    InviteSealedKey { invite: INVITE, epoch: Epoch(2), sealed: sealed() }
}
