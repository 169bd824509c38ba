### The way in: set-up, accounts, codes, what stands between a visitor and a room.
