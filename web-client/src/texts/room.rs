//! What a room's page says.

/// Below the field that one writes in.
pub const COMPOSER_HINT: &str = "Encrypted on this computer. Enter sends, Shift + Enter begins a new line.";
/// More than one message holds.
pub const TOO_LONG: &str = "This is too long for one message. Send it in parts.";
/// Before the first message.
pub const BEGINNING: &str = "What is written here is encrypted on the computer of whoever writes it. The server keeps and delivers what it cannot read.";
/// Before the first message, to its only member.
pub const ALONE: &str = "You are alone here so far. Invite somebody, or write something for those who come.";
/// Messages of a sender are missing.
pub const GAP: &str = "Messages of this person before this one are missing.";
/// Where receipts come from.
pub const RECEIPTS: &str =
    "Each person counts once, with the computer that has come furthest. The server says so; nobody signs it.";
