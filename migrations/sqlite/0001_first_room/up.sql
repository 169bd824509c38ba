-- Identifiers and hashes are BLOBs, counts and moments (milliseconds since 1970) are INTEGERs.
--
-- Inside the database a room and a device in a room have small numbers of their own. Nobody outside sees them; they stand
-- in `stream` and its indexes instead of 32-byte identifiers, which would more than double the size of a short message.

CREATE TABLE server_meta (
    key TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The first life of this database (4 bytes, big endian); a restored backup makes the next.
INSERT INTO server_meta (key, value) VALUES ('incarnation', x'00000001');

CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY,
    handle TEXT NOT NULL,
    -- The handle as it is compared: folded, so that no two look alike.
    handle_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    server_owner INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE devices (
    id BLOB NOT NULL PRIMARY KEY,
    account BLOB NOT NULL REFERENCES accounts (id),
    installation BLOB NOT NULL,
    bundle BLOB NOT NULL,
    bundle_signature BLOB NOT NULL,
    name TEXT NOT NULL,
    platform TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT;
CREATE INDEX devices_by_account ON devices (account);

CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    account BLOB NOT NULL REFERENCES accounts (id),
    installation BLOB NOT NULL,
    device BLOB REFERENCES devices (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account);

CREATE TABLE tickets (
    ticket_hash BLOB NOT NULL PRIMARY KEY,
    session BLOB NOT NULL REFERENCES sessions (token_hash),
    device BLOB NOT NULL REFERENCES devices (id),
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tickets_by_expiry ON tickets (expires_at);

-- The row that the writer locks: it allots `head_seq`, and holds the log's head.
CREATE TABLE rooms (
    number INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    head_seq INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    log_hash BLOB NOT NULL,
    current_epoch INTEGER NOT NULL,
    oldest_open_epoch INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    room INTEGER NOT NULL REFERENCES rooms (number),
    account BLOB NOT NULL,
    -- 0 member, 1 admin, 2 owner
    role INTEGER NOT NULL,
    PRIMARY KEY (room, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_account ON members (account);

-- Devices that the room's log names, entitled or formerly so. A row stays: messages point at it.
CREATE TABLE room_devices (
    number INTEGER NOT NULL PRIMARY KEY,
    room INTEGER NOT NULL REFERENCES rooms (number),
    device BLOB NOT NULL,
    account BLOB NOT NULL,
    entitled INTEGER NOT NULL,
    UNIQUE (room, device)
) STRICT;

-- One row per item, never one per recipient. No foreign keys here: the writer holds the room's row and has just read the
-- sender's, and this is the one table where looking again would cost something.
CREATE TABLE stream (
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    -- Of a log entry: its index.
    log_index INTEGER,
    -- Of a message: its name within the room.
    sender INTEGER,
    message_id BLOB,
    -- Of a message its content hash, of a log entry the entry's hash.
    hash BLOB NOT NULL,
    signature BLOB NOT NULL,
    -- The signed bytes: a message's header, or the entry.
    signed BLOB NOT NULL,
    -- Of a message. Last, because it is large, and may go while the rest stays.
    ciphertext BLOB,
    CHECK ((log_index IS NULL) = (sender IS NOT NULL AND message_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX stream_by_seq ON stream (room, seq);
CREATE UNIQUE INDEX stream_by_name ON stream (sender, message_id) WHERE sender IS NOT NULL;
CREATE UNIQUE INDEX stream_by_log_index ON stream (room, log_index) WHERE log_index IS NOT NULL;

CREATE TABLE envelopes (
    recipient INTEGER NOT NULL REFERENCES room_devices (number),
    epoch INTEGER NOT NULL,
    wrapper INTEGER NOT NULL REFERENCES room_devices (number),
    context BLOB NOT NULL,
    ciphertext BLOB NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (recipient, epoch, wrapper)
) STRICT;

CREATE TABLE epoch_links (
    room INTEGER NOT NULL REFERENCES rooms (number),
    -- Whose key is inside; sealed under that of the next.
    epoch INTEGER NOT NULL,
    salt BLOB NOT NULL,
    ciphertext BLOB NOT NULL,
    PRIMARY KEY (room, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE names (
    room INTEGER NOT NULL REFERENCES rooms (number),
    hash BLOB NOT NULL,
    random BLOB NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (room, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE invites (
    room INTEGER NOT NULL REFERENCES rooms (number),
    invite BLOB NOT NULL,
    -- As it was made.
    uses INTEGER NOT NULL,
    uses_left INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- Accounts that were made with it; some of them may not have joined yet.
    accounts_made INTEGER NOT NULL DEFAULT 0,
    sealed_epoch INTEGER,
    sealed_salt BLOB,
    sealed_ciphertext BLOB,
    PRIMARY KEY (room, invite)
) STRICT, WITHOUT ROWID;

CREATE TABLE positions (
    room INTEGER NOT NULL REFERENCES rooms (number),
    device BLOB NOT NULL,
    delivered INTEGER NOT NULL,
    read INTEGER NOT NULL,
    PRIMARY KEY (room, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX positions_by_device ON positions (device);
