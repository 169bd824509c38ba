-- What accounts say of their devices, as long as a room of the account has not heard it. What counts is each room's log.
CREATE TABLE statements (
    -- Of which device, and which one says so.
    device BLOB NOT NULL,
    said_by BLOB NOT NULL,
    account BLOB NOT NULL REFERENCES accounts (id),
    statement BLOB NOT NULL,
    signature BLOB NOT NULL,
    -- Of a device that is vouched for; null: it is revoked.
    bundle BLOB,
    bundle_signature BLOB,
    name TEXT,
    left_at INTEGER NOT NULL,
    PRIMARY KEY (device, said_by),
    CHECK ((bundle IS NULL) = (bundle_signature IS NULL) AND (bundle IS NULL) = (name IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX statements_by_signer ON statements (said_by);
CREATE INDEX statements_by_time ON statements (left_at);

-- The rooms that have not heard it. With the last of them the statement goes.
CREATE TABLE unheard_statements (
    room INTEGER NOT NULL REFERENCES rooms (number),
    device BLOB NOT NULL,
    said_by BLOB NOT NULL,
    PRIMARY KEY (room, device, said_by),
    FOREIGN KEY (device, said_by) REFERENCES statements (device, said_by)
) STRICT, WITHOUT ROWID;
CREATE INDEX unheard_by_statement ON unheard_statements (device, said_by);
