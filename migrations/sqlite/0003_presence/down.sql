ALTER TABLE devices DROP COLUMN shown_last_seen;
