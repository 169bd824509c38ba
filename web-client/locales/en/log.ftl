### A room's log: what was done, by whom, what it allowed.

room-log = What happened here
room-log-of = What happened in { $room }
room-log-lead = Everything that was ever changed about this room and who is in it.
room-log-signed = Each entry is signed by the computer that made it: the server can neither make one up nor change one. Only where it helps with lost computers does it sign entries of its own, as “The server”.
room-log-hint = Who let whom in, with which computer, who was removed, and when.
room-log-open = Show all entries
log-about = About
log-everybody = Everybody
log-which = What
log-all = Everything
log-access = Who came in and who was put out
log-older = Show older ones
log-none = Nothing of that happened here.
log-loading = Looking it up…
log-count = { $count ->
    [one] One entry shown.
   *[other] { $count } entries shown.
}
log-no-effect = No effect
log-no-effect-means = What is marked “No effect” changed nothing, and the reason stands beside it.
log-by = { $time }, on { $computer }
log-by-key = { $time }, signed by the server or with the code on paper
log-server = The server
log-computer = a computer without a name
log-name-gone = a name that was erased

## The entries.

log-created = { $who } made this room and called it “{ $name }”.
log-room-renamed = { $who } called the room “{ $name }”.
log-handle-renamed = { $who } took the handle “{ $name }”.
log-computer-renamed = { $who } called a computer “{ $name }”.
log-invited = { $count ->
    [one] { $who } made a link by which one person could join until { $until }.
   *[other] { $who } made a link by which { $count } people could join until { $until }.
}
log-invited-more = { $count ->
    [one] { $who } made a link by which one person could join until { $until }. Their role: { $role }.
   *[other] { $who } made a link by which { $count } people could join until { $until }. Their role: { $role }.
}
log-invite-closed = { $who } closed an invite link.
log-member-invites = { $who } let plain members invite, too.
log-member-invites-not = { $who } let only owners and admins invite.
log-joined = { $who } joined, by a link that { $maker } had made.
log-joined-anew = { $who } joined again, with another computer than before: { $computer }.
log-joined-somehow = { $who } came with a link that is not of this room.
log-left = { $who } left.
log-approved = { $owner } let in another computer of their own: { $computer }.
log-renewed = A computer of { $owner } has new keys: { $computer }.
log-revoked-own = { $owner } shut out a computer of their own: { $computer }.
log-revoked = { $who } shut out a computer of { $owner }: { $computer }.
log-removed = { $who } removed { $target }.
log-made-owner = { $who } made { $target } an owner.
log-made-admin = { $who } made { $target } an admin.
log-made-member = { $who } made { $target } a plain member.
log-became-admin = { $who } gave up ownership and is an admin.
log-became-member = { $who } became a plain member.
log-passed = { $who } passed ownership to { $target } and is an admin.
log-key = A new room key, number { $number }: { $reason }.
log-history-all = { $who } let newcomers read everything.
log-history-later = { $who } let newcomers read only what is written after they joined.
log-recovery-devices = { $who } settled that whoever loses every computer gets the messages back from computers in the room alone.
log-recovery-server = { $who } settled that the server helps whoever loses every computer. It holds a key to this room from then on.
log-recovery-kit = { $who } settled that an owner who loses every computer comes back with a code on paper.
log-announced = { $who } announced that it lets in a new computer of { $owner } from { $until } on, unless somebody objects: { $computer }.
log-recovered = { $who } let in a new computer of { $owner }, who had lost access: { $computer }.
log-recovered-kit = { $owner } came back with the code on paper: { $computer }.
log-vetoed = { $who } objected to letting in a new computer of { $owner }: { $computer }.
log-released = { $who } gave a computer of { $owner } its access back, as it had been approved or announced: { $computer }.
log-retention = { $days ->
    [one] { $who } settled that messages are kept for one day.
   *[other] { $who } settled that messages are kept for { $days } days.
}
log-retention-ever = { $who } settled that messages are kept for ever.

## Between the messages.

lines-joined-two = { $first } and { $second } joined.
lines-joined = { $count ->
    [one] { $first }, { $second } and one other joined.
   *[other] { $first }, { $second } and { $count } others joined.
}
lines-left-two = { $first } and { $second } left.
lines-left = { $count ->
    [one] { $first }, { $second } and one other left.
   *[other] { $first }, { $second } and { $count } others left.
}
lines-earlier = { $count ->
    [one] One change before that.
   *[other] { $count } changes before that.
}

## What an entry allowed.

log-allows-owner = May do everything here, at first on { $computer }.
log-allows-joined = May read and write from then on, on { $computer }. Role: { $role }.
log-allows-approved = May read and write from then on. The digits were compared on { $by }.
log-allows-owner-role = Owners may do everything.
log-allows-admin-role = Admins invite people and remove plain members.
log-allows-member-role = Members read and write.
log-allows-nothing = Gets nothing that is written from then on.
log-allows-recovery-plain = Owners let new computers in, without a time to object.
log-allows-key = Messages are locked with it from then on. That goes by itself.

## Why a new key.

log-key-created = the room was made
log-key-joined = somebody joined
log-key-lacking = a computer did not have the one before
log-key-left = somebody left
log-key-removed = somebody was removed
log-key-revoked = a computer was shut out
log-key-recovered = a lost computer was replaced
log-key-policy = it was chosen anew how lost computers are replaced
log-key-age = the one before was seven days old

## Why an entry has no effect.

log-ignored-not-entitled = This computer was not in the room any more.
log-ignored-not-permitted = They were not permitted to do that.
log-ignored-invite = The link was used up, closed or expired.
log-ignored-there = That was in the room already.
log-ignored-keys = This computer's keys were shut out here before.
log-ignored-epoch = Another key was there first. That is harmless.
log-ignored-reason = The reason that it gives for a new key never happened.
log-ignored-statement = What it says of the computer is not so, or came from somebody who may not say it here.
log-ignored-not-there = Whom it is about was not in the room.
log-ignored-not-approved = Nobody had approved or announced that.
log-ignored-last-owner = The room would have been without an owner.
log-ignored-already = It was so already.
log-ignored-not-sensible = It contradicts itself.
log-ignored-request = What was asked for is not this computer's, or not of this room.
log-ignored-early = The time to object was not over.
log-ignored-late = It was over already: too late, objected to, or done.

## Somebody came in after a wait that this computer did not see.

unseen-tag = Ask
unseen-wait = Whoever comes back like this is announced for 72 hours first, so that others can object. This computer only heard of it when it was over: it was not connected meanwhile, or the server did not wait.
unseen-wait-partly = { $hours ->
    [one] Whoever comes back like this is announced for 72 hours first, so that others can object. Of these, this computer saw only one hour: it was not connected meanwhile, or the server did not wait.
   *[other] Whoever comes back like this is announced for 72 hours first, so that others can object. Of these, this computer saw only { $hours } hours: it was not connected meanwhile, or the server did not wait.
}
unseen-ask = Call { $name } and ask whether it was them.
unseen-own = Was it not you? Then shut that computer out, on the page of your account.
