-- The same tables as for SQLite, and for the same reasons; only what differs is explained here.

CREATE TABLE server_meta (
    key TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);

INSERT INTO server_meta (key, value) VALUES ('incarnation', '\x00000001');

CREATE TABLE accounts (
    id BYTEA PRIMARY KEY,
    handle TEXT NOT NULL,
    handle_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    server_owner BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE devices (
    id BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id),
    installation BYTEA NOT NULL,
    bundle BYTEA NOT NULL,
    bundle_signature BYTEA NOT NULL,
    name TEXT NOT NULL,
    platform TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen BIGINT NOT NULL
);
CREATE INDEX devices_by_account ON devices (account);

CREATE TABLE sessions (
    token_hash BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id),
    installation BYTEA NOT NULL,
    device BYTEA REFERENCES devices (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_account ON sessions (account);

CREATE TABLE tickets (
    ticket_hash BYTEA PRIMARY KEY,
    session BYTEA NOT NULL REFERENCES sessions (token_hash),
    device BYTEA NOT NULL REFERENCES devices (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX tickets_by_expiry ON tickets (expires_at);

-- Room in each page for the next version of a row: these rows change with every commit, and no index needs to know.
CREATE TABLE rooms (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    head_seq BIGINT NOT NULL,
    log_index BIGINT NOT NULL,
    log_hash BYTEA NOT NULL,
    current_epoch BIGINT NOT NULL,
    oldest_open_epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE members (
    room BIGINT NOT NULL REFERENCES rooms (number),
    account BYTEA NOT NULL,
    role BIGINT NOT NULL,
    PRIMARY KEY (room, account)
);
CREATE INDEX members_by_account ON members (account);

CREATE TABLE room_devices (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room BIGINT NOT NULL REFERENCES rooms (number),
    device BYTEA NOT NULL,
    account BYTEA NOT NULL,
    entitled BOOLEAN NOT NULL,
    UNIQUE (room, device)
);

CREATE TABLE stream (
    room BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    log_index BIGINT,
    sender BIGINT,
    message_id BYTEA,
    hash BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    signed BYTEA NOT NULL,
    ciphertext BYTEA,
    PRIMARY KEY (room, seq),
    CHECK ((log_index IS NULL) = (sender IS NOT NULL AND message_id IS NOT NULL))
);
CREATE UNIQUE INDEX stream_by_name ON stream (sender, message_id) WHERE sender IS NOT NULL;
CREATE UNIQUE INDEX stream_by_log_index ON stream (room, log_index) WHERE log_index IS NOT NULL;
-- Nobody can compress ciphertext.
ALTER TABLE stream ALTER COLUMN ciphertext SET STORAGE EXTERNAL;

CREATE TABLE envelopes (
    recipient BIGINT NOT NULL REFERENCES room_devices (number),
    epoch BIGINT NOT NULL,
    wrapper BIGINT NOT NULL REFERENCES room_devices (number),
    context BYTEA NOT NULL,
    ciphertext BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    PRIMARY KEY (recipient, epoch, wrapper)
);

CREATE TABLE epoch_links (
    room BIGINT NOT NULL REFERENCES rooms (number),
    epoch BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    ciphertext BYTEA NOT NULL,
    PRIMARY KEY (room, epoch)
);

CREATE TABLE names (
    room BIGINT NOT NULL REFERENCES rooms (number),
    hash BYTEA NOT NULL,
    random BYTEA NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (room, hash)
);

CREATE TABLE invites (
    room BIGINT NOT NULL REFERENCES rooms (number),
    invite BYTEA NOT NULL,
    uses BIGINT NOT NULL,
    uses_left BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accounts_made BIGINT NOT NULL DEFAULT 0,
    sealed_epoch BIGINT,
    sealed_salt BYTEA,
    sealed_ciphertext BYTEA,
    PRIMARY KEY (room, invite)
);

CREATE TABLE positions (
    room BIGINT NOT NULL REFERENCES rooms (number),
    device BYTEA NOT NULL,
    delivered BIGINT NOT NULL,
    read BIGINT NOT NULL,
    PRIMARY KEY (room, device)
) WITH (fillfactor = 50);
CREATE INDEX positions_by_device ON positions (device);
