-- Why a session was ended, where somebody else did it and its person is told so. 0: another computer of the account refused this
-- one; 1: another one took its place by a recovery. Null: anything else.
ALTER TABLE sessions ADD COLUMN end_reason INTEGER;
