### The own account and its computers.

account-title = Your account
account-loading = Looking up your account…
account-server = You own this server. See what it is doing, room by room and computer by computer.
account-watch = Watch the server
change-email-follows = A code goes to the new address. The old one counts until you have entered it.
new-email = New address
your-password = Your password
change-email = Change the address
change-handle-follows = People in your rooms see the new one as soon as a computer of yours that is approved there is connected.
new-handle = New handle
change-handle = Change the handle
change-password-follows = Your other computers are signed out, and need the new password to sign in again. What they can read stays on them.
present-password = Present password
change-password = Change the password

## Computers.

computers = Your computers
computers-lead = Each has keys of its own, so each is let into your rooms by itself. The people in your rooms see its name, whether it is connected, when it last was, and how far it has come; the rest is shown to you alone, and whoever runs the server can look it up.
computers-loading = Looking up your computers…
computers-none = No computer of yours has keys yet.
this-computer = this computer
computer-rooms = Reads your rooms
computer-rooms-none = In none: not approved
computer-rooms-some = In { $rooms } of { $of }
computer-rooms-by = In { $rooms } of { $of }; approved on “{ $by }”, { $when }
computer-rooms-at = In { $rooms } of { $of }; approved, { $when }
computer-platform = Platform
computer-connection = Connection
computer-connected = Connected
computer-signed-in = Signed in, not connected
computer-signed-out = Signed out
computer-availability = To others you are
computer-ip = Address on its own network
computer-no-ip = None: browsers do not tell it
computer-port = Port it listens on
computer-no-port = None: browsers do not listen
computer-last-seen = Last connected
computer-now = Now
computer-last-activity = Last used
computer-since = Known since
computer-positions = How far it has come in each room
computer-positions-lead = What comes in a room, messages and changes of the room itself, is numbered. The server keeps up to which number this computer has it, and up to which one you have looked at it here.
computer-position = Has it up to { $delivered }, looked at up to { $read }
computer-name = Name of the computer
computer-name-hint = So that you, and the people in your rooms, can tell your computers apart.

## Sessions, and signing out.

sessions = Where you are signed in
sessions-lead = Each browser or app that has signed in to your account and not signed out.
session-no-keys = A computer that has no keys yet
session-used = Signed in: { $since }. Last used: { $used }
session-in-use = Signed in: { $since }. In use now
end-session-follows = That computer is signed out at once. Its keys stay on it, and whoever signs in there again can use them. If it was lost or stolen, do more: shut it out of your rooms, in the list of your computers, and change your password.
end-session-now = Sign it out
leave-it = Leave it
sign-out-follows = The keys to your rooms stay on this computer, locked away, and wait for you.
forget-computer = Also remove keys and messages from this computer
forget-computer-follows = To read your rooms here again, this computer would have to be approved first. If you have no other one that reads them, somebody else has to let you in.
sign-out-here = Sign out here
sign-out-everywhere = Sign out everywhere
sign-out-everywhere-follows = Ends every session of your account, on this computer too. The keys stay on each.
stay-signed-in = Stay signed in

## What was changed.

done-email = Your address is changed.
done-handle = Your handle is changed.
done-password = Your password is changed. Your other computers are signed out.
done-computer = That computer has another name.
done-session = That computer is signed out.
done-everywhere = You are signed out everywhere.

## A computer that asks to be approved.

approval-title = Is this your new computer?
approval-lead = Somebody signed in to your account with your password and the mailed code, and wants to read your rooms on this computer:
approval-name = Computer
approval-when = Asked
approval-from = From the address
approval-compare = Compare these digits with the ones on its screen:
approval-why = All six groups the same? Then nobody stands in between. If even a single digit differs, it is not the computer in front of you.
approval-same = All digits are the same: approve
approval-differ = A digit differs, or it is not mine: refuse
approval-later = Not at that computer now? Close this. The question stays on the page of your account, for a day.
approval-done-title = Approved
approval-done = “{ $name }” may now read and write in your rooms. They open there by themselves.
approval-refused-title = Refused
approval-refused = “{ $name }” is signed out and reads nothing. If you did not sign in anywhere yourself, somebody knows your password: change it now, on the page of your account.
computer-asks = It asks to be approved.
computer-look = Look at it
sign-in-refused = Another computer of this account refused this one, and it was signed out. Is it yours after all? Sign in again, and compare every digit.
sign-in-replaced = Another computer took the place of this one, which was said to be lost: so this one was signed out. If that was not you, somebody knows your password and reads your mail. Change the password of your mailbox first, then set another one here (“Forgot the password?”), and tell whoever owns your rooms.
