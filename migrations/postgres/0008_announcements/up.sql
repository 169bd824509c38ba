-- From when on the service has still to announce in the room's log what is asked; null: it has, or was not asked to.
ALTER TABLE recovery_requests ADD COLUMN announce_at BIGINT;
