### The list of rooms, people, invites, a room's settings.
