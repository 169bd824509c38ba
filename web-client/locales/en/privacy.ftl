### What this server keeps. Each sentence is true of the server that the page came from: see docs/SECURITY.md.

privacy = Privacy
privacy-lead = What this server stores, who can read what, and whom you can ask. It is a server of its own: its operator runs it, and nobody else gets data from it.

privacy-messages = What you write
privacy-messages-encrypted = Messages are encrypted (locked) on your computer, for the computers of the people in the room. The server keeps and delivers them. It has no key to read them, except for what was written while it said “Recovery: with the server's help” above the room.
privacy-messages-around = What the server does see of a message: in which room and by which computer it was sent, when it was sent and received, how long it is, which message it refers to, and how far its sender had read.
privacy-messages-names = Names of rooms, handles and names of computers are not encrypted: they stand on the server in plain text, as does who is in which room, in which role, and who let whom in.
privacy-messages-presence = The people in your rooms see whether you are there, when you were last there, and up to which message you have received and read. You can choose to be invisible; receipts are shown all the same.

privacy-keys = Keys
privacy-keys-made = Each computer makes its own keys. The secret half never leaves it. In the browser it is stored encrypted; that does not protect from somebody who can use your browser profile, so lock your screen.
privacy-keys-kept = Room keys lie on the server locked for each computer, so that only that computer can open them. Whoever gets hold of a computer's secret key and of the server's database can read what is kept for it, also from earlier.
privacy-keys-invites = An invite link lets people in. Where newcomers may read everything, the link together with the server's database opens the room: send links as you would send a key.

privacy-operator = What whoever runs the server can do
privacy-operator-program = Igoon does not claim that its operator could never find out anything. In the browser the program itself comes from this server: an operator who changes it could read along, and you would not see it.
privacy-operator-sees = With the program as it is, the operator can read everything on this page that is not called encrypted, hold messages back, and delay them; not read them, and not add people to a room unseen. What was written with the server's help is the exception: whoever has the server's master key and its database can read it with another program, and nobody would see it.
privacy-operator-accounts = The operator, like somebody with your mailbox, can take over your account with a mailed code. That alone opens no room: somebody in the room has to let a new computer in, compares digits with you, and everybody there sees it. Where a room lets its owners come back after an announcement of 72 hours, they could wait for that; everybody sees the announcement, and owners and admins can object.

privacy-accounts = Your account
privacy-accounts-you = Stored are your e-mail address, your handle, a scrambled form of your password (an Argon2id hash), when the account was made, when the password was set, and when you last signed in. Other people see the handle, not the address.
privacy-accounts-sessions = For each place where you signed in: which browser or app, when it began, when it was last used (to the hour), and when it ended; also whether another computer refused this one or took its place. The session's own secret is stored scrambled (as a hash).
privacy-accounts-codes = For codes by mail: what for, to which address, from which browser or app, and how many tries there were; the code scrambled (as a hash), and encrypted until it is mailed. Where you have entered one is kept, too, so that you need not do so each time.

privacy-devices = Your computers
privacy-devices-stored = For each computer: its public keys, the name and platform that it gave, when it was registered, last connected and last used (to the minute), what you chose to be to others, and how far it has received and read each room. An app that listens on its own network also gives its address and port there; browsers give neither.
privacy-devices-asking = A computer that waits to be approved: when it asked and from which network address, which your other computers are shown. It is erased with the answer; without one it is void after a day, and erased when the next one asks.
privacy-devices-shown = You see all of it at Your account. The people in your rooms see the names and public keys of your computers, what you chose to be, when each was last connected, and how far it has received and read; the rest is shown to you alone.

privacy-recovery = If you lose your computers
privacy-recovery-choice = With the password and a mailed code you keep the account, and see your rooms' names and people. To read there again, a new computer is let in by somebody in the room. Each room's owner has chosen how, and it stands above the room, for everybody to see.
privacy-recovery-devices = “Only computers in the room”: the new computer gets the keys from another one there, locked for it alone. The server gets none from that choice on. With the last computer of such a room, what was written there can't be opened by anybody.
privacy-recovery-server = “With the server's help”: the server holds a key to what is written from that choice on, until the room chooses otherwise; what it has by then, it keeps. The program uses it for a computer that an owner, or where the room says so an admin, has approved with their password, first leaves an entry in the room's log, and hands over nothing else. That is a promise of the program, not of the locks: whoever alters the program, or has its master key and its database, can read such a room unseen.
privacy-recovery-kit = “With a code on paper”: the keys lie on the server, locked with the code, which it does not have. Whoever has the paper and the server's data, or the paper and an owner's account, can read the room.
privacy-recovery-stored = When a computer asks to come back, the server stores its name, system and public keys and when it asked, and shows that for seven days to you and to those who may answer. What they answered, and who objected, stays in the room's log.

privacy-diagnostics = Diagnostics
privacy-diagnostics-none = None are collected. The page loads nothing from elsewhere, counts nothing, and sends no reports of errors.
privacy-diagnostics-log = The server's log has a line for each request (an id, the kind of request, how it went, how long it took) and what went wrong; in its usual setting no addresses of people, handles, messages or codes. How long the log is kept is the operator's choice. A proxy in front of the server may keep a log of its own, with your network address.

privacy-retention = How long it is kept, and why
privacy-retention-messages = Messages and what stands around them
privacy-retention-messages-why = Until the operator deletes the server's data: people in a room can read its history from any of their computers. This version cannot delete single messages.
privacy-retention-account = Account, computers, rooms and who is in them
privacy-retention-account-why = Until the operator deletes the server's data: signed records of a room say who may read in it. This version cannot delete accounts.
privacy-retention-sessions = Sessions
privacy-retention-sessions-why = A session ends { $days ->
        [one] a day
       *[other] { $days } days
    } after its last use. What is stored of it is erased a day after its end, when you sign in anew anywhere. Where another computer ended it, it stays for as long as it would have counted, so that its computer is told why.
privacy-retention-sessions-always = They end some time after their last use. What is stored of them is erased a day after their end, when you sign in anew anywhere. Where another computer ended it, it stays for as long as it would have counted, so that its computer is told why.
privacy-retention-codes = Codes by mail
privacy-retention-codes-why = A code is good for ten minutes. The record of it goes a day after it is void, when the next code is asked for: it limits guessing, also at addresses that have no account.
privacy-retention-mails = Mails
privacy-retention-mails-why = Until they are sent, or come too late.
privacy-retention-mails-folder = This server sends no mail: mails stay in a folder there, in plain text, until the operator deletes them. That is for trying out.
privacy-retention-sources = Where you connect from
privacy-retention-sources-why = Not stored, except of a computer that waits to be approved (see above). To limit abuse, network addresses are counted in memory alone, scrambled, and forgotten when the server is restarted.

privacy-contact = Whom to ask
privacy-contact-who = Whoever runs this server answers at:
privacy-contact-none = Whoever runs this server has not said here how to reach them. Ask the person who invited you.
privacy-asking = Asking the server…
privacy-version = This server runs Igoon { $version }.
