### The way in: set-up, accounts, codes, what stands between a visitor and a room.

## Around every page.

footer = About this page
footer-privacy = Privacy
step = Step { $at } of { $of }

## The first account, step by step.

set-up-title = Welcome to Igoon
set-up-lead = You are the first here. In a few steps this server gets its owner and its first room.
set-up-promise-room = A room of your own
set-up-promise-room-about = For a team, a club, a household. It runs on your server and belongs to you.
set-up-promise-locked = Encrypted on your computers
set-up-promise-locked-about = The server delivers what is written. It has no key to it, unless you choose its help for lost computers.
setup-code = Set-up code
setup-code-hint = The server printed it when it started. It shows that the server is yours.
set-up-account-title = Make your account
set-up-account-lead = It will own this server and its first room.
step-welcome = Welcome
step-account = Your account
step-code = Code by mail
step-room = Name the room
step-invite = Invite others
go-on = Go on
back = Back

## Accounts.

email = E-mail address
email-hint = Where your codes go. The people in your rooms do not see it.
handle = Handle
handle-hint = What others see: letters, digits, and . - _
password = Password
password-new = New password
password-show = Show
password-hide = Hide
password-of = the password
password-missing = { $count ->
    [one] One character more.
   *[other] { $count } characters more.
}
password-fair = Long enough. Several words in a row make it better.
password-good = That is a good length.
make-account = Make the account

## By invite.

invited-title = You are invited
invited-join = Join
invited-other-title = Do not join by this link
invited-other-room = What the server shows is not the room that this link leads to: somebody changed its records. You did nothing wrong. Call whoever sent you the link, and say so.
invited-looking = Looking where the link leads…
invited-room = a room
invited-people = { $count ->
    [one] One person is in it
   *[other] { $count } people are in it
}
invited-dead-title = This link is not valid any more
invited-sign-in-title = Sign in to join
invited-account = You have an account on this server?
invited-new = New here?
join-as = Join as { $handle }
join-lead = Once you are in, you see what was written there, and who is in it.
join-not-now = Not now

## Signing in.

sign-in = Sign in
sign-in-title = Sign in to Igoon
sign-in-kept = { $handle } was signed in on this computer before, and the keys to the rooms are still here, locked away. Sign in, and they are used again.
sign-in-no-account = No account yet? Open the invite link that somebody in the room sent you.
forgot = Forgot the password?
forgot-title = Another password
forgot-lead = Enter the address of your account. A code goes there; with it you set another password. What this computer can read stays readable.
forgot-send = Send a code
forgot-back = Back to signing in
reset-set = Set the password
reset-follows = Wherever else you are signed in, you are signed out.

## Codes by mail.

code-title = Look into your mailbox
code = Code
code-sent = A code with 8 digits is on its way to this address. It is good for ten minutes.
code-sent-sign-in = To be sure that it is you, this browser has to show a code. One with 8 digits is on its way to this address, good for ten minutes.
code-sent-reset = If there is an account with this address, a code with 8 digits is on its way to it. It is good for ten minutes.
code-hint = You can paste it anywhere on this page, even the whole mail.
code-no-mail = This server has no mail set up, which is for trying out only. Nothing arrives in your mailbox: the code stands on the server's terminal. Whoever runs the server can read it there.
code-nothing-came = Nothing came? Look into the folder for spam, too.
code-resend = Send another code
code-resend-in = Another code can be sent in { $wait }.
code-start-over = Change the address, or begin again
correct-handle-title = Choose another handle
correct-handle = Your code is right and stays good. Only the handle has to be another one.
correct-password-title = Choose another password
correct-password = Your code is right and stays good. Only the password has to be another one.

## Between.

keys-title = Making this computer's keys…
keys-lead = That can take a few seconds, once on each computer. It goes by itself.
keys-stay = They stay here
keys-stay-about = Their secret half is made on this computer and never leaves it. There is nothing to write down or to remember.
keys-why = What they are for
keys-why-about = Rooms are locked. The computers of the people in them open them: yours with these keys.
insecure-title = This address is not secure
insecure = Igoon makes this computer's keys in the browser. Browsers permit that only where nobody on the way can change the page, and this address is not such a place.
insecure-visitor = Open the address that begins with https:// instead. If you know none, ask whoever runs this server.
insecure-operator = If you run this server
insecure-certificate = Give the server a certificate: the settings tls_cert and tls_key.
insecure-proxy = Or put a proxy in front of it that serves https.
insecure-try = To try it out, open it on the server's own computer at http://localhost, with the same port.
stopped-keys-damaged = This computer's stored keys are damaged
stopped-records-damaged = What is stored here is damaged
stopped-no-keys = No keys could be made
stopped-no-storage = Nothing can be stored here
stopped = Igoon cannot go on
stopped-forget = Remove everything and sign in anew
stopped-fetch = Fetch the rooms anew
stopped-reload = Load the page again
try-again = Try again
other-account-title = This computer holds the keys of { $stored }
other-account = You signed in as { $handle }. A browser keeps the keys of one account. To go on as { $handle } here, the keys and messages of { $stored } are removed from this computer; { $stored } would need approval to read here again.
other-account-keep = Keep them and sign out
other-account-remove = Remove them and go on as { $handle }
bad-link-title = This invite link is not complete
bad-link = Part of it was lost on the way. Copy it whole from where you got it, or ask for a new one.
bad-link-go-on = Go on without it
not-found-title = Nothing is here
not-found = There is no page at this address, or none for this account. The link may be old, or part of it was lost.
not-found-go = Go to Igoon

## On the way into a room.

opening-room = Making the room…
opening-join = Joining the room…
opening-rooms = Opening your rooms…
name-room-title = Name your room
name-room = A team, a club, a household: one room for everybody in it. You invite people next.
new-room-title = A new room
new-room = Its people, messages and keys are its own. You invite people next.
room-name = Name of the room
room-name-hint = Everybody in the room sees it. The server does, too.
make-room = Make the room
back-to-room = Back to the room
no-room-title = You are not in a room yet
no-room = Ask somebody who is in one for an invite link, then open it in this browser.
sign-out = Sign out
invite-others-title = Invite people to { $room }
invite-others = The room is there. A link lets others make an account and join; send it by a way that you trust.
invite-others-later = Later
invite-others-done = Go to the room

## A computer that is signed in and has no keys to its rooms.

not-approved-title = One more step: approve this computer
not-approved-or = Or with another computer of yours
not-approved = Your password and the code say who you are. But what is written here is locked, and the keys lie on computers of people in the room. So another computer of yours, one that reads this room already, has to let this one in.
not-approved-open = Open Igoon on that other computer, with the same account. A window opens there by itself and asks about this one.
not-approved-compare = Compare the six groups of digits on this page with those on the other screen.
not-approved-then = Every digit the same? Approve it there. This page then opens by itself.
not-approved-asking = Asking your other computers…
not-approved-waiting = Waiting for one of your other computers. Asked: { $when }
not-approved-approved = Approved. Your rooms open in a moment…
not-approved-again = Ask again
not-approved-people = What you can see meanwhile: who is in the room.
not-approved-loading = Looking up who is in the room…

## The page that shows every part.

gallery-title = The parts
gallery-lead = What Igoon's pages are made of, in every state.
gallery-buttons = Buttons
gallery-button = Do it
gallery-icon-button = Copy
gallery-menu = More
gallery-fields = Fields
gallery-field = A field
gallery-hint = What follows from it, in one sentence.
gallery-select = A menu
gallery-text = Several lines
gallery-choices = Choices
gallery-first = First
gallery-second = Second
gallery-third = Third
gallery-switch = On or off
gallery-check = Yes or no
gallery-segments = One of a few words
gallery-cards = One of several
gallery-marks = Marks, discs and rows
gallery-tag = A word
gallery-notices = Notices
gallery-sentence = This is how it is.
gallery-work = Work, and empty places
gallery-progress = Two of three
gallery-empty = Nothing is here yet
gallery-over = Over the page
gallery-dialog = A dialog
gallery-side = A sheet
gallery-icons = Drawings
