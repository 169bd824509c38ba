-- Accounts get an e-mail address. One that was made before has none until its owner sets one.
ALTER TABLE accounts ADD COLUMN email TEXT NOT NULL DEFAULT '';
-- The address as it is compared: in lower case.
ALTER TABLE accounts ADD COLUMN email_key TEXT;
ALTER TABLE accounts ADD COLUMN password_changed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN last_sign_in_at BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX accounts_by_email ON accounts (email_key);

-- A public name beside the secret one, for lists.
ALTER TABLE sessions ADD COLUMN id BYTEA NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN last_used_at BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET id = decode(md5(random()::text || clock_timestamp()::text || token_hash::text), 'hex'), last_used_at = created_at;
CREATE UNIQUE INDEX sessions_by_id ON sessions (id);

-- Null from browsers.
ALTER TABLE devices ADD COLUMN local_ip TEXT;
ALTER TABLE devices ADD COLUMN listener_port BIGINT;
ALTER TABLE devices ADD COLUMN last_activity BIGINT NOT NULL DEFAULT 0;
-- 0 available, 1 away, 2 busy, 3 invisible: as its owner chose.
ALTER TABLE devices ADD COLUMN availability BIGINT NOT NULL DEFAULT 0;

-- Installations on which a code was entered: they sign in by password alone. What they show for it is kept as its hash.
CREATE TABLE trusted_installations (
    account BYTEA NOT NULL REFERENCES accounts (id),
    trust_hash BYTEA NOT NULL,
    installation BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, trust_hash)
);

-- Codes that were asked for.
CREATE TABLE challenges (
    id BYTEA PRIMARY KEY,
    -- 0 set-up, 1 sign-up, 2 sign-in, 3 password reset, 4 change of address
    purpose BIGINT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    installation BYTEA NOT NULL,
    -- Whom it is for, where there is an account already.
    account BYTEA,
    -- The invite, of a sign-up.
    room BYTEA,
    invite BYTEA,
    -- False: its code was mailed to nobody, and lets nobody in.
    counts BOOLEAN NOT NULL,
    code_hash TEXT NOT NULL,
    tries_left BIGINT NOT NULL,
    mails BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX challenges_by_expiry ON challenges (expires_at);

-- Mails that wait to be sent. A row goes when its mail went, or when its code would be void.
CREATE TABLE outbox (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- 0 nothing to send, 1 a code, 2 that there is an account already, 3 that the address was changed
    kind BIGINT NOT NULL,
    purpose BIGINT NOT NULL,
    address TEXT NOT NULL,
    -- The code, encrypted under the master key.
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE INDEX outbox_by_due ON outbox (due_at);
