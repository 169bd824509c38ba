### Who comes back after losing every computer: what the owner chose, asking, answering, objecting, the code on paper.

## The ways to choose from, each in two sentences: what a lost computer means, and who could then read.

recovery = If somebody loses their computers
recovery-choice = How does somebody get back in who has lost every computer?
recovery-devices = Only computers in the room
recovery-devices-about = An owner lets the new computer in, and a computer in the room hands it the messages. The server gets no key to them; but with the room's last computer, its messages are gone, too.
recovery-server = With the server's help
recovery-server-about = An owner lets the new computer in, and the server hands it the messages, even if nobody else is online. For that the server holds a key to this room: its program shows everybody here when it is used, but whoever runs the server could change the program and read along unseen.
recovery-kit = With a code on paper
recovery-kit-about = An owner who has lost every computer comes back alone, with a code that is printed now; everybody else is let in by an owner. Without the paper, the server gets no key to the messages; whoever finds the paper can read them, if they also get into an owner's account or at the server's data.
recovery-delay = Time to object
recovery-delay-about = For so long others can object before the new computer is let in. That is good against somebody who has stolen a password; but whoever has really lost a computer has to wait, too.
recovery-delay-none = None
recovery-hours = { $count ->
    [one] one hour
   *[other] { $count } hours
}
recovery-days = { $count ->
    [one] one day
   *[other] { $count } days
}
recovery-admins = Admins let computers in, too
recovery-admins-about = Computers of plain members. Those of owners and admins stay with the owners.
recovery-announce = An owner may come back after 72 hours without anybody's approval
recovery-announce-about = For the day when no other owner is there. The server announces it in the room and waits for 72 hours; owners, admins, and the owner's other computers can object. Whoever has an owner's password and mailbox could try it, too, and so could whoever runs the server: read the announcement when there is one.
recovery-options = More to choose
recovery-change = Change it
recovery-owner-sets = An owner can change it.
recovery-unknown = This computer does not know it yet.
recovery-more = Who asks to come back, and what this means
recovery-new-code = Make a new code

## What every member sees: above the room, in its settings.

recovery-badge-devices = Recovery: only computers in the room
recovery-badge-server = Recovery: with the server's help (it has a key)
recovery-badge-kit = Recovery: with a code on paper
# Where there is room for few letters.
recovery-short-devices = Without the server
recovery-short-server = Server has a key
recovery-short-kit = Code on paper
recovery-objects = { $time } to object before somebody is let in.
recovery-admins-on = Admins may let in computers of plain members, too.
recovery-announce-on = An owner may come back after an announcement of 72 hours, unless somebody objects.

## Before it is changed.

deed-recovery-devices = Let only computers in the room help?
deed-recovery-devices-follows = From now on, nobody but computers in the room has a key to what is written. Where the server or a code on paper had one, it keeps it for what was written until now. Whoever waits to be let in has to ask again.
deed-recovery-server = Let the server help?
deed-recovery-server-follows = From now on the server holds a key to what is written here, and everybody in the room sees that above the room. What was written until now stays closed to it: a computer in the room hands that on. Whoever waits to be let in has to ask again.
deed-recovery-kit = Make a code on paper?
deed-recovery-kit-follows = The code is shown next, and never again once you have it on paper: have a printer or a pen at hand. From now on it is the only one that counts; one from before lets nobody in any more. Whoever waits to be let in has to ask again.
deed-recovery-besides = Change what goes with it?
deed-recovery-besides-follows = It counts from now on, for everybody in the room, and they can see it. Whoever waits to be let in has to ask again.

## The code on paper.

kit-title = Write down this code
kit-lead = With it, an owner of { $room } who has lost every computer comes back in. It is shown until you have it on paper, and never again: nobody can look it up for you, not even whoever runs the server.
kit-print = Print
kit-save = Save as a file
kit-saved = “{ $file }” was handed to your browser. Print it or put it on a stick, and delete it here: on this computer it is lost together with the computer.
kit-saved-at = Saved as { $path }. Print it or put it on a stick, and delete it here: on this computer it is lost together with the computer.
kit-keep = Keep the paper where you keep your passport. Not beside this computer, and not in your mailbox: whoever finds it and gets into your account reads the room.
kit-check = Type the last group of the code from your paper
kit-check-hint = So that you find out now, and not on the day when you need it, if something is missing.
kit-check-wrong = That is not the last group. Look at your paper once more.
kit-confirm = I have it on paper
kit-later = Not now
kit-later-follows = It is shown again when you open Igoon on this computer the next time.
kit-paper-title = Code to come back into { $room }
kit-paper-how = If you have lost every computer: open { $server } on another one, sign in with your password and the mailed code, open the room, and enter this code where it says “With a code on paper”.
kit-paper-made = Made by { $handle } on { $day }. A code that is made later takes its place.
kit-file = Igoon code on paper.txt

## On a computer that nobody has approved: whoever has no other one any more.

rescue-title = You have no other computer any more?
rescue-asked-title = You asked to be let in
rescue-loading = Looking up how this room helps…
rescue-who = Then somebody in the room lets this computer in. You can ask: { $names }
rescue-how-devices = Once they have, their computer hands this one the messages.
rescue-how-server = Once they have, the server hands this computer the messages that it has a key to, even if everybody else is offline.
rescue-how-delay = Others have some time to object first ({ $time }).
rescue-ask = Ask to be let in
rescue-nobody = Nobody else in this room can let you in: you are its only owner.
rescue-nobody-how = If a computer of yours turns up, approve this one there. Otherwise what was written here can't be opened any more: make a new room, and invite everybody there.
rescue-asked = Now call them, or meet: read out the digits below, group by group. If they see the same, they let you in, and this page opens by itself. You asked: { $when }.
rescue-asked-until = Your request is open until { $until }. If nobody has answered by then, ask again.
rescue-withdraw = Withdraw the request
rescue-waiting = You are approved. This page opens by itself at this time, unless somebody objects: { $from }
rescue-announced = It is announced to everybody in the room. This page opens by itself at this time, unless somebody objects: { $from }
rescue-entitled = You are let in. The room opens in a moment…
rescue-over = You were not let in: somebody objected, it took too long, or the room chose another way meanwhile. Call and ask why. If it was a mistake, they can still let you in, or you ask again.
rescue-gone = Your request is not open any more: it was turned down, or it ran out. Call and ask why; if it was a mistake, ask again.
rescue-again = Ask again
rescue-announce-title = No other owner can help?
rescue-announce = This room lets an owner come back alone. The server announces it to everybody here, waits for 72 hours, and lets this computer in if nobody has objected.
rescue-announce-ask = Have it announced
rescue-kit-title = With a code on paper
rescue-kit-lead = The code that was printed for this room lets you in at once, without anybody's help.
rescue-kit-field = Code on paper
rescue-kit-hint = Capital or small letters, with or without dashes.
rescue-kit-use = Come in
rescue-kit-lost = The paper is lost, too? Then only another owner can let you in, or another computer of yours.

## Who asks, for those who may answer.

asks-room = Lost computers: { $room }
asks-mark = { $count ->
    [one] Somebody asks to come back
   *[other] { $count } ask to come back
}
asks-title = Who asks to come back
asks-none = Nobody asks right now.
asks-none-how = If somebody does, it is said above the room and in your list of rooms.
asks-none-others = Requests are shown to those who may answer them: { $names }
asks-who = { $name } wants to come in with a new computer
asks-computer = New computer
asks-when = Asked
asks-until = Open until
asks-compare = Call { $name }, or meet, and have these digits read out from the other screen:
asks-why = All six groups the same? Then it is that computer. If even a single digit differs, or you did not talk to { $name } in person, turn it down: somebody may have the password.
asks-lost = Which computer was lost?
asks-lost-about = The one that you choose is shut out of the room, so that whoever finds it reads nothing new.
asks-lost-none = None of these
asks-lost-which = Say which computer was lost, or that it is none of these.
asks-unnamed = A computer without a name
asks-password = Your password
asks-password-about = So that nobody lets in computers who only finds yours unlocked.
asks-approve = All digits are the same: let { $name } in
asks-refuse = Turn down
asks-mine = This is your own request, from another computer. Somebody else has to answer it.
asks-hands-devices = { $name } is let in. A computer in the room hands over the messages: leave this one online for a moment.
asks-hands-server = { $name } is let in, and the server is handing over the messages. There is nothing left for you to do.
asks-handed = { $name } is let in, and the server has handed over what it has a key to.
asks-over = The last time, { $name } was not let in: somebody objected, it took too long, or the room chose another way meanwhile. Find out why before you answer again.

## Whoever waits to be let in, for everybody who may object.

waits-mark = Somebody is let in soon
waits-title = Waiting to be let in
waits-approved = A new computer of { $name } is approved. It is let in at this time, unless somebody objects: { $from }.
waits-announced = { $name }, who owns this room, said that every computer is lost. The server lets in the new one at this time, unless somebody objects: { $from }.
waits-left = Still { $left }.
waits-why = You know that { $name } has lost no computer, or can't reach them? Then object.
waits-object = Object
waits-others = Owners, admins and { $name } can object.
deed-veto = Object to letting in { $name }?
deed-veto-follows = Then the new computer is not let in, and everybody in the room can see that you objected. If it was a mistake, { $name } can ask again.
deed-veto-now = Object
deed-turn-down = Turn down what { $name } asks for?
deed-turn-down-follows = Then the new computer is not let in. { $name } is told that the request is not open any more, and can ask again.
deed-turn-down-now = Turn it down

## What it means, on the same page.

means-title = How this room helps
means-privacy = Who can read what: the privacy page
