### What this server keeps.
