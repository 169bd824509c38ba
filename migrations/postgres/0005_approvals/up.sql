-- Computers that wait to be approved by another one of their account. A row goes when that one has answered, when the computer
-- is signed out, and when it has expired and anybody asks.
CREATE TABLE approvals (
    device BYTEA NOT NULL PRIMARY KEY REFERENCES devices (id),
    account BYTEA NOT NULL REFERENCES accounts (id),
    -- The address that it asked from.
    source TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX approvals_by_account ON approvals (account);
CREATE INDEX approvals_by_expiry ON approvals (expires_at);
