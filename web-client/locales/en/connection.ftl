### The connection, other tabs, updates, notifications, long work.

## The banner on top of every page.

connection = The connection
connection-connecting = Connecting…
connection-offline = This computer is offline. What you write is kept here and goes out by itself.
connection-unreachable = The server has not answered since { $time }. What you write is kept here and goes out by itself.
connection-compressed = This connection is not used: the server, or something on the way to it, wants to compress it, which could give away something of what is written. It is nothing that you did. What you write is kept here; tell whoever runs the server.
connection-resting = The server was just put back to an older copy of itself. Messages go through. People, invites and settings can be changed again from { $time }; what you change now waits until then and happens by itself.
connection-rested = People, invites and settings can be changed again.
connection-waiting = { $count ->
    [one] One message waits.
   *[other] { $count } messages wait.
}
connection-next-try = Next try in { $seconds } s.
connection-trying = Trying now…
connection-again = Connected again.
catching-up = Catching up…
catching-up-progress = Catching up: { $done } of { $of }
try-now = Try now
notice-close = Dismiss

## Pages between a visitor and a room.

starting = Opening Igoon…
unreachable-title = The server does not answer
unreachable = Igoon keeps trying. Check that this computer is connected.
elsewhere-title = Igoon is open in another tab
elsewhere = One tab at a time holds this computer’s keys. Go on there, or use Igoon here: the other tab then stops, and keeps what was begun in it.
take-over = Use it here
keys-lost-title = This browser has lost the keys of { $handle }
keys-lost = You are still signed in, but what Igoon had stored in this browser is gone: cleared by you, by the browser when the disk was full, or by a clean-up program. Nothing at the server is lost, and nobody else got the keys.
keys-lost-next = Sign in again, and this browser becomes a new computer of yours. It can read again once a computer that has the keys, or the room’s owner, lets it in.
keys-lost-go-on = Sign in as a new computer

## Another build of the app.

update-offer = There is a new version of Igoon.
update-load = Load it
update-later = Later
update-loading = Loading the new version…

## What cannot wait for a connection.

needs-connection = This needs a connection. Nothing was changed; try again when Igoon is connected.
trouble-storage-full = This computer’s disk is full, so nothing more can be stored. Free some space, then try again. What you wrote last then stands in the room’s field again.

## Notifications.

notification-new = { $count ->
    [one] A new message
   *[other] { $count } new messages
}
