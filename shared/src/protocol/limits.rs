//! Sizes and counts beyond which something is refused, before anything is allocated for it. Bytes unless it says else.

/// A WebSocket frame from a client: a sealed message with room to spare.
pub const CLIENT_FRAME: usize = 64 * 1024;
/// A WebSocket frame from the server: a page of the stream.
pub const SERVER_FRAME: usize = 1024 * 1024;
/// Plaintext of a message.
pub const MESSAGE_PLAINTEXT: usize = 32 * 1024;
/// A message's header.
pub const MESSAGE_HEADER: usize = 1024;
/// A message's ciphertext with its tag.
pub const MESSAGE_CIPHERTEXT: usize = MESSAGE_PLAINTEXT + 16;
/// A log entry's signed bytes.
pub const LOG_ENTRY: usize = 8 * 1024;
/// Entries in one append.
pub const APPEND_ENTRIES: usize = 16;
/// Devices in a room, and so envelopes in one append.
pub const ROOM_DEVICES: usize = 2_000;
/// Envelopes and links in one [`super::http::AddKeys`], together.
pub const ADDED_KEYS: usize = 256;
/// Devices, and links, that one [`super::frames::KeysWanted`] names.
pub const WANTED_KEYS: usize = 64;
/// An envelope's context.
pub const ENVELOPE_CONTEXT: usize = 512;
/// A recovery kit's encrypted private halves.
pub const RECOVERY_KIT: usize = 8 * 1024;
/// How long the service shows a request for recovery, in milliseconds.
pub const RECOVERY_REQUEST_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// A JSON body of an append: all envelopes of the largest room, as base64.
pub const APPEND_BODY: usize = 4 * 1024 * 1024;
/// Any other JSON body.
pub const JSON_BODY: usize = 64 * 1024;
/// Items in one page of the stream.
pub const PAGE_ITEMS: u32 = 200;
/// Content of one page of the stream; at least one item is always sent.
pub const PAGE_BYTES: usize = 256 * 1024;
/// A handle, in characters.
pub const HANDLE_CHARS: core::ops::RangeInclusive<usize> = 2..=32;
/// A room's or device's name, in characters.
pub const NAME_CHARS: core::ops::RangeInclusive<usize> = 1..=64;
/// A password, in characters.
pub const PASSWORD_CHARS: core::ops::RangeInclusive<usize> = 10..=1024;
/// An e-mail address, in bytes (RFC 5321, section 4.5.3.1.3, without the angle brackets).
pub const EMAIL: usize = 254;
/// Digits of a code by e-mail.
pub const CODE_DIGITS: usize = 8;
/// Wrong tries that a code by e-mail allows.
pub const CODE_TRIES: u32 = 5;
/// How long a code by e-mail is good for, in milliseconds.
pub const CODE_LIFETIME_MS: i64 = 10 * 60 * 1000;
/// How long to wait before another code can be asked for, in milliseconds.
pub const CODE_RESEND_MS: i64 = 60 * 1000;
/// How long a computer's question to be approved is open, in milliseconds.
pub const APPROVAL_LIFETIME_MS: i64 = 24 * 60 * 60 * 1000;
/// Computers of an account whose questions a client shows at the same time.
pub const OPEN_APPROVALS: usize = 16;
/// Statements of one device that wait at the service at the same time.
pub const WAITING_STATEMENTS: usize = 64;
/// How long a statement waits at the service for rooms that do not hear it, in milliseconds.
pub const STATEMENT_LIFETIME_MS: i64 = 90 * 24 * 60 * 60 * 1000;
/// Statements that others brought, or that stand in logs, which a client keeps in mind at the same time.
pub const HEARD_STATEMENTS: usize = 1_024;
/// A message stands in the timeline at most so many places before its place in the stream (PROTOCOL.md, "Messages").
pub const TIMELINE_REACH: u64 = 1_024;
/// Nesting of maps and arrays in MessagePack.
pub const NESTING: u32 = 16;
/// How far a new log entry's time may be from the service's clock, in milliseconds.
pub const ENTRY_CLOCK_SKEW_MS: i64 = 5 * 60 * 1000;
/// How long after a backup was restored a room takes only the entries that it lacks from before, in milliseconds.
pub const RESTORED_ONLY_MS: i64 = 10 * 60 * 1000;
/// How long an invite is good for when its author does not say otherwise, in milliseconds.
pub const INVITE_LIFETIME_MS: i64 = 7 * 24 * 60 * 60 * 1000;
