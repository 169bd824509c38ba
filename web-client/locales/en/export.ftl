### A room as a file of one's own.

export = Export
export-lead = Your own copy of what this computer can read of this room, as a file on this computer. It goes nowhere else.
export-as = What the file is for
export-document = To read
export-document-about = One page that opens in any browser, also without Igoon, and can be printed.
export-lines = For programs
export-lines-about = JSON Lines: each message with its place, sender, times and state.
export-plain = The file is not encrypted: whoever gets hold of it can read it.
export-behind = This computer is still fetching the room. About { $count } newer messages are not here yet, and will be missing from the file.
export-offline = There is no connection: what others have written since it went is not on this computer, and will be missing from the file.
export-other = { $room } is being exported right now. After that, this room can be.
export-begin = Export
export-stop = Cancel

## While it goes on.

export-progress = Exporting { $room }
export-preparing = Looking at what is stored here…
export-count = { $done } of { $of } messages
export-stopping = Cancelling…
export-saving = Saving the file…
export-meanwhile = You can go elsewhere and write meanwhile. Closing Igoon or signing out cancels the export.

## How it ended.

export-saved = { $file } ({ $size }) is ready. The browser saves it where it keeps downloads, or asks you where to.
export-saved-at = { $file } ({ $size }) is saved: { $path }
export-again = Save it once more
export-stopped = The export was cancelled. There is no file.
export-told = The export is done: { $file }
export-told-failed = The export did not work. The settings of the room say why.
trouble-disk-full = There is not enough space for the file. Free some disk space, then export again.
trouble-not-saved = The file could not be saved among your downloads. See whether you may write to that folder, then export again.

## In the file to read.

export-document-by = Exported by { $name } on { $date }, { $time }
export-document-messages = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
export-document-behind = Newer messages were not on this computer yet. They are missing here.
export-document-plain = This file is not encrypted: whoever has it can read it.
export-document-waiting = Not sent yet when this file was made

## Why a message is not in it.

export-no-key = Could not be read: this computer did not have room key { $key }.
export-before-joining = Could not be read: it was written before this account joined, and the room shows newcomers only what comes after.
export-needs-newer = Could not be read: it needs a newer version of Igoon.
export-bad-signature = Not shown: it was changed on its way, or is not from whom it says.
export-not-permitted = Not shown: it was sent by a computer that may not write in this room.
export-replayed = Not shown: the server showed it a second time, or too late.
export-damaged = Could not be read: it was damaged before it was sent.
export-damaged-here = Could not be read: what this computer had stored of it is damaged.
