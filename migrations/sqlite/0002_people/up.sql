-- Accounts get an e-mail address. One that was made before has none until its owner sets one.
ALTER TABLE accounts ADD COLUMN email TEXT NOT NULL DEFAULT '';
-- The address as it is compared: in lower case.
ALTER TABLE accounts ADD COLUMN email_key TEXT;
ALTER TABLE accounts ADD COLUMN password_changed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN last_sign_in_at INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX accounts_by_email ON accounts (email_key);

-- A public name beside the secret one, for lists.
ALTER TABLE sessions ADD COLUMN id BLOB NOT NULL DEFAULT x'';
ALTER TABLE sessions ADD COLUMN last_used_at INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET id = randomblob(16), last_used_at = created_at;
CREATE UNIQUE INDEX sessions_by_id ON sessions (id);

-- Null from browsers.
ALTER TABLE devices ADD COLUMN local_ip TEXT;
ALTER TABLE devices ADD COLUMN listener_port INTEGER;
ALTER TABLE devices ADD COLUMN last_activity INTEGER NOT NULL DEFAULT 0;
-- 0 available, 1 away, 2 busy, 3 invisible: as its owner chose.
ALTER TABLE devices ADD COLUMN availability INTEGER NOT NULL DEFAULT 0;

-- Installations on which a code was entered: they sign in by password alone. What they show for it is kept as its hash.
CREATE TABLE trusted_installations (
    account BLOB NOT NULL REFERENCES accounts (id),
    trust_hash BLOB NOT NULL,
    installation BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, trust_hash)
) STRICT, WITHOUT ROWID;

-- Codes that were asked for.
CREATE TABLE challenges (
    id BLOB NOT NULL PRIMARY KEY,
    -- 0 set-up, 1 sign-up, 2 sign-in, 3 password reset, 4 change of address
    purpose INTEGER NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    installation BLOB NOT NULL,
    -- Whom it is for, where there is an account already.
    account BLOB,
    -- The invite, of a sign-up.
    room BLOB,
    invite BLOB,
    -- False: its code was mailed to nobody, and lets nobody in.
    counts INTEGER NOT NULL,
    code_hash TEXT NOT NULL,
    tries_left INTEGER NOT NULL,
    mails INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX challenges_by_expiry ON challenges (expires_at);

-- Mails that wait to be sent. A row goes when its mail went, or when its code would be void.
CREATE TABLE outbox (
    -- Never given again: a mail may be under way while its row goes.
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- 0 nothing to send, 1 a code, 2 that there is an account already, 3 that the address was changed
    kind INTEGER NOT NULL,
    purpose INTEGER NOT NULL,
    address TEXT NOT NULL,
    -- The code, encrypted under the master key.
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_by_due ON outbox (due_at);
