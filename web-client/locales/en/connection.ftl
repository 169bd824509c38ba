### The connection, other tabs, updates, notifications, long work.
