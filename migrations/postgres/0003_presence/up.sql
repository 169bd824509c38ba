-- What others are shown as last seen. It stands still while its owner is invisible.
ALTER TABLE devices ADD COLUMN shown_last_seen BIGINT NOT NULL DEFAULT 0;
UPDATE devices SET shown_last_seen = last_seen;
