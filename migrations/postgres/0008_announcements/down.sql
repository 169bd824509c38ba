ALTER TABLE recovery_requests DROP COLUMN announce_at;
