-- The service's recovery keys. The newest is for new policies; older ones stay for what was wrapped to them.
CREATE TABLE recovery_keys (
    number INTEGER NOT NULL PRIMARY KEY,
    -- What envelopes name it by.
    holder BLOB NOT NULL UNIQUE,
    -- Ed25519.
    signing_key BLOB NOT NULL UNIQUE,
    -- RSA, SPKI in DER.
    recovery_key BLOB NOT NULL,
    -- Both private halves, encrypted under the master key.
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- What the service has still to do for recoveries that were approved or announced. A row goes when nothing is left to do.
CREATE TABLE recoveries (
    room INTEGER NOT NULL REFERENCES rooms (number),
    -- The approval or announcement, by its hash.
    entry BLOB NOT NULL,
    -- Not to be looked at before.
    due_at INTEGER NOT NULL,
    PRIMARY KEY (room, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX recoveries_by_due ON recoveries (due_at);

-- Computers that ask a room for their access back. What counts are the signed bytes.
CREATE TABLE recovery_requests (
    room INTEGER NOT NULL REFERENCES rooms (number),
    device BLOB NOT NULL REFERENCES devices (id),
    account BLOB NOT NULL REFERENCES accounts (id),
    request BLOB NOT NULL,
    signature BLOB NOT NULL,
    -- The name whose hash the request holds.
    name_random BLOB NOT NULL,
    name TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (room, device)
) STRICT, WITHOUT ROWID;

-- Private halves of kits, encrypted under what was printed: nothing here opens them.
CREATE TABLE recovery_kits (
    room INTEGER NOT NULL REFERENCES rooms (number),
    signing_key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (room, signing_key)
) STRICT, WITHOUT ROWID;
