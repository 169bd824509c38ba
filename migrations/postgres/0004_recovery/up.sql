-- The service's recovery keys. The newest is for new policies; older ones stay for what was wrapped to them.
CREATE TABLE recovery_keys (
    number BIGINT NOT NULL PRIMARY KEY,
    -- What envelopes name it by.
    holder BYTEA NOT NULL UNIQUE,
    -- Ed25519.
    signing_key BYTEA NOT NULL UNIQUE,
    -- RSA, SPKI in DER.
    recovery_key BYTEA NOT NULL,
    -- Both private halves, encrypted under the master key.
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

-- What the service has still to do for recoveries that were approved or announced. A row goes when nothing is left to do.
CREATE TABLE recoveries (
    room BIGINT NOT NULL REFERENCES rooms (number),
    -- The approval or announcement, by its hash.
    entry BYTEA NOT NULL,
    -- Not to be looked at before.
    due_at BIGINT NOT NULL,
    PRIMARY KEY (room, entry)
);
CREATE INDEX recoveries_by_due ON recoveries (due_at);

-- Computers that ask a room for their access back. What counts are the signed bytes.
CREATE TABLE recovery_requests (
    room BIGINT NOT NULL REFERENCES rooms (number),
    device BYTEA NOT NULL REFERENCES devices (id),
    account BYTEA NOT NULL REFERENCES accounts (id),
    request BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    -- The name whose hash the request holds.
    name_random BYTEA NOT NULL,
    name TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (room, device)
);

-- Private halves of kits, encrypted under what was printed: nothing here opens them.
CREATE TABLE recovery_kits (
    room BIGINT NOT NULL REFERENCES rooms (number),
    signing_key BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    stored_at BIGINT NOT NULL,
    PRIMARY KEY (room, signing_key)
);
