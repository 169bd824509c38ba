### What went wrong, and what to do about it.

## Found in the browser, or on the way to the server.

trouble-unreachable = The server does not answer. Check that this computer is connected, then try again.
trouble-wrong-code = { $tries ->
    [0] This is not the code, and it was the last try with it. Ask for another.
    [one] This is not the code. Look at the newest mail and enter it again; one try is left.
   *[other] This is not the code. Look at the newest mail and enter it again; { $tries } tries are left.
}
trouble-wrong-password = This is not your present password.
trouble-kit-mistyped = A character is missing, too many or wrong. Compare each group with your paper.
trouble-kit-other = This is the code of another room, or one that a newer code has replaced. Look for a newer paper.
trouble-kit-none = No code on paper counts in this room any more, or your account is no owner here.
trouble-code-forgotten = No further code is sent for this try: it is too long ago, or several were sent. Fill in the form again, and a new one comes.
trouble-storage = The browser gave Igoon no room to store anything. Leave private browsing, or free some disk space, then try again.
trouble-keys = The browser could not make keys for this computer. Try again; if it happens again, update the browser.
trouble-damaged-keys = The keys stored on this computer are damaged and cannot be used. You can remove them and sign in anew; the computer then needs approval again.
trouble-damaged-records = Some of what is stored on this computer is damaged. Its keys are fine: Igoon can fetch the rooms anew. Messages that were still waiting to be sent are lost.
trouble-language = The words of that language did not arrive, so Igoon goes on in this one. Check that this computer is connected, then choose it again.
trouble-crashed = Igoon came upon an error of its own and stopped. Nothing that was sent is lost. Load the page again to go on.

## Said by the server.

error-other-version = The server and this page are of different versions. Load the page again.
error-too-large = That is too long. Make it shorter.
error-not-signed-in = You are no longer signed in. Sign in again.
error-forbidden = You are not permitted to do that.
error-not-found = That does not exist any more.
error-bad-credentials = E-mail address and password do not belong together. Check both.
error-bad-code = This is not the code. Look at the newest mail and enter it again; after five wrong tries you need another.
error-code-expired = This code is not good any more: it was used, replaced by a newer one, or ten minutes have passed. Ask for another.
error-too-many-tries = The code was wrong five times, so it is not good any more. Ask for another.
error-too-many-mails = No more mails are sent for this. Enter the newest code, or begin anew.
error-bad-setup-code = This is not the set-up code, or it was used already. The server prints it when it starts.
error-invalid = Something in the form is not as it should be. Check each field.
error-handle-taken = Somebody has that handle already. Choose another.
error-email-taken = Another account has this address. Sign in with it, or use another address.
error-invite-not-valid = This invite link was used, has expired, or was closed. Ask whoever sent it for a new one.
error-log-conflict = Somebody else changed the room in the same moment. Try again.
error-clock-skew = This computer's clock is wrong by more than five minutes. Set it, then try again.
error-bad-change = The server did not accept the change to the room. Load the page again and try once more.
error-epoch-closed = The room has a newer key. Try again in a moment.
error-not-entitled = This computer may not write in this room.
error-name-taken = Another message stands in this one's place. Write it anew.
error-retry-later = The server is busy. Try again in a moment.
error-rate-limited = That was too often. Wait a little, then try again.
error-rate-limited-wait = That was too often. Try again in { $wait }.
error-bad-origin = The server does not accept this address. Open Igoon under the address that its operator gave you.
error-internal = Something broke at the server. Try again; its operator finds the cause in the server's log.
error-unknown = The server said something that this page does not understand. Load the page again.

## What a form's fields must be like.

rule-email = Enter an e-mail address, such as name@example.org.
rule-handle = A handle has { $least } to { $most } letters, digits, dots, dashes or underscores.
rule-password = A password has at least { $least } characters.
rule-setup-code = Enter the set-up code. The server printed it when it started.
rule-code = The code has eight digits.
rule-room-name = A room's name has { $least } to { $most } characters.

## Why a message cannot be read, and what becomes of it.

unreadable-no-key = This computer can't read this message yet: it lacks room key { $key }, one of the keys that a room uses one after the other. The message appears by itself as soon as another computer hands the key over.
unreadable-before-joining = This was written before you joined, and the room shows newcomers only what is written from then on. It is locked with room key { $key }, which you are not given.
unreadable-needs-newer = This message needs a newer version of Igoon. Load the page again.
unreadable-bad-signature = This message was changed on its way, or is not from whom it claims to be, so it is not shown. If you miss a message, ask for it to be written again.
unreadable-not-permitted = This does not count here, so it is not shown: its computer may not write in this room, or it was written for another room or locked with an old key. You need do nothing.
unreadable-replayed = The server showed this message a second time, or too late, so it is not shown. If you miss one, ask for it to be written again.
unreadable-damaged = This message was damaged before it was sent. Ask whoever wrote it to write it again.
unreadable-damaged-here = What this computer stored of this message is damaged. Fetch it anew.

## Why a room is not followed any further.

alarm-needs-newer = Somebody here uses a newer version of Igoon. Load the page again to go on reading and writing. If that does not help, ask whoever runs the server to bring it up to date.
alarm-log-broken = The room's records do not fit together: somebody may have changed them at the server. Nothing new of them is believed.
alarm-log-forked = The server shows this room differently to different people.
alarm-rolled-back = The server shows less of this room than this computer has seen already. What is stored here goes on being shown.
alarm-restored = The server was put back to an older copy, and this room has gone on there differently from what this computer knows.
alarm-second-key = A computer of this room gave out a second key with the number { $key }. There may be only one, so the second one is not used.
alarm-wider-release = The server gave this computer the room key { $key }, and nobody in the room had allowed that. The key is not used.
alarm-now = You did nothing wrong. Nothing is sent from here until this is cleared up: call the others in the room or meet them, instead of asking over this server, and tell whoever runs it.
alarm-restored-now = You did nothing wrong. What is stored here goes on being shown, and nothing is sent. Ask whoever runs the server whether they did that, and talk to the people in the room, before you follow the server: changes of people and settings that only this computer knows are then given up, but whoever was removed is removed again.
alarm-looked-at = We talked, and it is cleared up: go on
alarm-follow-server = We talked: go on as the server has it
change-missing = The server says that it took a change that you made here, and does not show it. What you write waits on this computer until it does. If that lasts, somebody may be holding it back: tell the people in the room by another way.
