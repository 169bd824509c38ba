### The list of rooms, people, invites, a room's settings.

## The list of rooms.

rooms = Rooms
rooms-new = New room
rooms-unread = { $count ->
    [one] new message
   *[other] new messages
}
rooms-alarm = Needs your attention
rooms-not-approved = Not approved yet
rooms-opening = Opening…
skip-to-room = Skip to the room
rooms-choose = Choose a room
rooms-choose-how = Alt with the arrow keys goes from one to the next, also while you write.
own = You
settings = Settings
account = Your account

## How long ago, in few letters.

ago-now = now
ago-minutes = { $count } min
ago-hours = { $count } h

## Above a room.

room-actions = This room
room-people = { $count ->
    [one] { $count } person in this room
   *[other] { $count } people in this room
}
invite = Invite
room-settings = Room settings

## Keys.

shortcuts = What keys do
shortcut-room-up = To the room above
shortcut-room-down = To the room below
shortcut-send = Send what is written
shortcut-line = Begin a new line
shortcut-close = Close what lies over the page
shortcut-help = Show this, where nothing is being written
shortcut-help-anywhere = Show this

## People.

people-count = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
people-in = People in { $room }
people-search = Search people
people-found = { $count ->
    [0] Nobody has that in their name.
    [one] One person found.
   *[other] { $count } people found.
}
people-more = Show { $count } more
people-you = { $name } (you)
people-each = Computer by computer
people-computer = Computer { $number }:

## Whether somebody is there.

presence-available = Available
presence-idle = Idle
presence-away = Away
presence-busy = Busy
presence-invisible = Invisible
presence-offline = Offline
presence-last-seen = Last seen: { $moment }
availability = To others you are
availability-available = Others see when you are connected, and that you are idle after five minutes without a key or a touch.
availability-away = Others see that you are away, also while you write.
availability-busy = Others see that you do not want to be disturbed. Messages come all the same.
availability-invisible = Others see you as offline. Messages come all the same, and you can write.

## Invites.

invites = Invites
invite-to = Invite people to { $room }
invite-lead = Whoever has the link can make an account and join. Send it by a way that you trust, to the people that it is for.
invite-sees-all = Whoever joins sees who is in the room, and can read everything that was written before.
invite-sees-later = Whoever joins sees who is in the room, and can read what is written from then on, nothing before.
invite-for = For
invite-people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
invite-good-for = Good for
invite-hours = { $count ->
    [one] one hour
   *[other] { $count } hours
}
invite-days = { $count ->
    [one] one day
   *[other] { $count } days
}
invite-as-admin = As admin
invite-as-admin-about = Admins invite people, close links, and remove plain members.
invite-make = Make a link
invite-another = Make another link
invite-made = Here is the link. Copy it now, or later from the open links of the room, on this computer.
invite-link = Invite link
invite-qr = The invite link to { $room } as a QR code
invite-qr-how = Somebody beside you? The camera of their phone opens the link.
copy-link = Copy link
copied = Copied
copied-link = The link was copied.
copy-refused = The browser did not permit copying. Select it and copy it by hand.
invite-members = Members may invite, too
invite-members-about = They make links for further members. You see and can close them here.
invites-open = Open links
invites-none = No link is open.
invite-open = { $count ->
    [one] For { $count } person, until { $until }
   *[other] For { $count } people, until { $until }
}
invite-open-as-admin = { $count ->
    [one] For { $count } person as admin, until { $until }
   *[other] For { $count } people as admin, until { $until }
}
invite-made-by = Made by { $name }
invite-not-here = Made on another computer: the link can be copied there.
invite-close = Close
invite-close-follows = Nobody can join by this link any more. Who has joined by it stays.
invite-close-now = Close the link
invite-leave-open = Leave it open

## A room's settings.

room-settings-of = Settings of { $room }
room-name-new = New name of the room
room-rename = Rename the room
room-renamed = The room has another name.
room-name-owner = The room's owner can change its name.
room-history = What newcomers can read
room-history-all = Everything that was written before they joined.
room-history-later = What is written after they joined, nothing before.
room-history-unknown = This computer does not know it yet.
room-key = Room key
room-key-here = The room's key is number { $number }, and this computer has it.
room-key-missing = The room's key is number { $number }. This computer does not have it yet, so it can't read what is new.
room-key-about = What is written here is locked with this key. Computers of people in the room hand it to each other by themselves; the server has it only where it helps with lost computers. When the room needs a new one, it is made, and the number goes up: you need do nothing.
room-roles = Owners may do everything. Admins invite people, close links, decide whether members may invite, and remove plain members. Members read and write.
change = Change
leave-as-is = Leave it as it is
rename = Rename
