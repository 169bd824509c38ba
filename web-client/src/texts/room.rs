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

/// Signed in, without keys, as a heading.
pub const NOT_APPROVED_TITLE: &str = "This computer is signed in, not approved";
/// What that means.
pub const NOT_APPROVED: &str = "Your password and the code say who you are. They do not open what is written here: for that, this computer needs the room's key from a computer that has it. The server cannot hand it out.";
/// What comes next, for whoever has another computer.
pub const NOT_APPROVED_OTHER: &str = "Go on with the computer that you joined with: it reads and writes as before. Approving this one from there is what comes next, and this version of Igoon cannot do it yet.";
/// What comes next, for whoever has not.
pub const NOT_APPROVED_LOST: &str =
    "No such computer any more? Asking the room's owner to let this one in comes with a later version, too.";
/// Above the people of a room that cannot be read here.
pub const NOT_APPROVED_PEOPLE: &str = "What you can see meanwhile: who is in the room.";
/// Its people are not known yet.
pub const NOT_APPROVED_LOADING: &str = "Looking up who is in the room…";
