### What is done with the people of a room and with the room itself, each asked twice; and rooms that are over for this computer.

## Behind the button beside a person.

member-actions = What can be done with { $name }
member-make-owner = Make an owner
member-make-admin = Make an admin
member-make-member = Make a plain member
member-become-admin = Become an admin
member-become-member = Become a plain member
member-pass = Pass ownership on
member-remove = Remove from the room
people-behind = { $count ->
    [one] One computer has not received the room's newest key, so it can't read what is new.
   *[other] { $count } computers have not received the room's newest key, so they can't read what is new.
}
people-behind-mend = Hand the key over now
people-unseen = Came back with another computer, after an announcement for 72 hours of which this computer saw too little. Call { $name } and ask whether it was them, then compare safety numbers.
people-unseen-own = Another computer of yours came in, after an announcement for 72 hours of which this one saw too little. Was it not you? Then shut it out, on the page of your account.
key-under-way = Under way: this note goes away by itself once the key has arrived.
people-computers = { $count ->
    [one] { $count } computer
   *[other] { $count } computers
}

## The questions, and what follows.

deed-remove = Remove { $name } from the room?
deed-remove-follows = { $name } can't read what is written from then on, on any of their computers. What they have read stays with them. Open invite links are closed. A new invite lets them in again.
deed-remove-now = Remove { $name }
deed-owner = Make { $name } an owner?
deed-owner-follows = Owners may do everything here: they let people in and remove them, you too, and make others owner. You stay an owner.
deed-owner-now = Make an owner
deed-admin = Make { $name } an admin?
deed-admin-follows = Admins invite people, close links, and remove plain members and their computers.
deed-admin-less-follows = { $name } is then no owner any more. Admins invite people, close links, and remove plain members and their computers.
deed-admin-now = Make an admin
deed-member = Make { $name } a plain member?
deed-member-follows = { $name } then reads and writes like everybody, and invites people only if members may. Links that they made for more than that are closed.
deed-member-now = Make a plain member
deed-step-down = Give up rights in this room?
deed-step-down-admin-follows = You are then no owner any more, but an admin. An owner can change that again; you can't.
deed-step-down-member-follows = You are then a plain member, who reads and writes. An owner can change that again; you can't.
deed-step-down-now = Give them up
deed-pass = Pass ownership to { $name }?
deed-pass-follows = { $name } becomes an owner, and you an admin. An owner can change that again; you can't.
deed-pass-now = Pass ownership on
deed-leave = Leave { $room }?
deed-leave-follows = All your computers leave the room. You can't read what is written from then on. What is stored on this computer stays, and you can go on reading it here. A new invite lets you in again.
deed-leave-now = Leave the room
deed-history-all = Let newcomers read everything?
deed-history-all-follows = Whoever joins after that can read what was written before, as far back as it was permitted to newcomers. Who is here already notices nothing.
deed-history-later = Show newcomers nothing of before?
deed-history-later-follows = Whoever joins after that reads what is written from then on, nothing before. Who is here already keeps what they can read.
deed-history-now = Change it
deed-not = Leave it as it is

## A room's settings.

room-leave = Leave the room
room-leave-about = You get nothing of it any more, on any of your computers.
room-leave-last-owner = You are the only owner who can act here. Make somebody else an owner first, in the list of people.
room-leave-not-trusted = This computer is not approved in the room. Leave it on one that is.
room-leave-button = Leave
room-history-choice = Newcomers can read
room-history-all-short = Everything
room-history-later-short = From joining on
room-history-owner = An owner can change it.

## A room that is over for this computer.

ended-left = You left this room
ended-removed = You were removed
ended-revoked = This computer was shut out
ended-withheld = Withheld by the server
ended-left-when = You left this room ({ $when }).
ended-removed-when = { $who } removed you from this room ({ $when }).
ended-revoked-when = { $who } shut this computer out of this room ({ $when }).
ended-revoked-self-when = You shut this computer out of this room, on another computer ({ $when }).
ended-withheld-when = The server does not give this room to this computer, and shows nothing that says why. That need not be anything that you did.
ended-stays = What was read here stays, on this computer. Nothing can be sent.
ended-ask-invite = Whoever is in the room can invite you again.
ended-new-keys = To read and write here again, this computer needs new keys. Make them here, then approve this computer on another one of yours. What you wrote waits until then.
ended-make-keys = Make new keys for this computer
ended-ask-operator = Ask whoever runs the server.

## An own computer.

revoke-computer = Shut it out of my rooms
revoke-computer-follows = It then reads nothing new in any of your rooms, and nothing that it writes arrives. What is stored on it stays there. It can't be undone: to come back, it needs new keys, which are made there with one press, and your approval.
revoke-computer-also = If it was lost or stolen, change your password, too: that signs it out.
revoke-computer-now = Shut it out
done-revoked = It is shut out of your rooms. Without a connection right now, that counts as soon as this computer is connected again.
