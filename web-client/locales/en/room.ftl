### A room: its messages, what one writes, who has read it.

room-unnamed = Room
somebody = Somebody

## The timeline.

timeline-label = Messages in { $room }
new-messages = New
jump-latest = Latest
jump-new = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
jump-many = More than { $count } new messages
announce-message = { $author }: { $text }
announce-many = { $count } new messages

beginning-title = This is the beginning of { $room }
beginning-text = What is written here is locked (encrypted) on the computer of whoever writes it. The server keeps it locked and delivers it; whether it holds a key of its own, to help with lost computers, stands above the room.
beginning-alone = You are alone here so far. Invite somebody, or write something for those who come.
beginning-invite = Invite somebody

## A message.

message-label = { $author }, { $time }
message-date = { $date }, { $time }
message-gap = Right before this, messages of this person are missing: they did not arrive. Whoever wrote them can write them again.
message-lost = The server lost this message when it was put back to an older copy. Computers that had it still show it.
message-lost-again = Send it again
message-lost-sent = It was sent again, and stands at the end.
message-copy = Copy text
message-copied = The message was copied.
message-more = Show more
message-less = Show less
message-failed = Not sent. { $cause }
message-dropped = The server said that it took this message, and does not show it here.
message-again = Try again
message-discard = Discard
# Behind a link that does not show plainly where it leads.
link-address = ({ $address })

## Where an own message stands.

state-waiting = Waiting on this computer
state-accepted = Accepted by the server
state-failed = Not sent
state-lost = Lost by the server
state-alone = Accepted by the server. Nobody else is here yet
state-delivered = Delivered to { $delivered } of { $of }
state-read = Read by { $read }, delivered to { $delivered } of { $of }
state-read-all = { $of ->
    [1] Read
   *[other] Read by all { $of }
}

receipt-title = Where this message stands
receipt-read = Read by
receipt-delivered = Delivered to
receipt-waiting = Not delivered yet to
receipt-hint = Each person counts once, with the computer that has come furthest. The server says so, and nobody can check it.

## A message that cannot be read: what to do about it.

unreadable-ask = Ask for the key again
unreadable-load = Load the page again
unreadable-fetch = Fetch it again
unreadable-asked = Asked. The message appears here as soon as it can be read.

## Where one writes.

composer-label = Message { $room }
composer-send = Send
composer-hint = Encrypted on this computer. Enter sends, Shift + Enter begins a new line.
composer-left = { $count ->
    [one] Room for { $count } more character
   *[other] Room for { $count } more characters
}
composer-too-long = { $count ->
    [one] { $count } character too long for one message. Send it in parts.
   *[other] { $count } characters too long for one message. Send it in parts.
}
