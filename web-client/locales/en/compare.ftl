### Comparing safety numbers: whether somebody's computers are really theirs.

compare-menu = Compare safety numbers
compare-menu-own = Safety numbers of your computers
verified = Verified
compare-again = Compare again
announce-compare = { $name } has another computer now than those you compared. Ask whether it is theirs, and compare safety numbers again.

## In the timeline.

line-compare = You had compared safety numbers with { $name }, and this computer was not among them. Ask { $name } whether it is theirs: it often is. Then compare again.
line-compare-now = Compare again

## The numbers.

compare-title = Safety number with { $name }
compare-title-own = Safety numbers of your computers
compare-how = If both of you see the same number, you have each other's real computers, and nobody has slipped in between. Meet { $name } or call them, so that you know who it is. They open this room, the list of people, and “Compare safety numbers” beside your name. Read the digits to each other.
compare-qr = The safety number with { $name } as a QR code
compare-qr-how = Side by side, a phone's camera reads the digits from here.
compare-copy = Copy the number
compare-copied = The number was copied.
compare-entered = Or paste the number that { $name } sent you
compare-entered-hint = Not over this server: it could change it on the way.
compare-same = It is the same number.
compare-other = It is another number. If both of you look at this room now, do not mark { $name } as verified.
compare-missing = There is nothing to compare: { $name } has no computer in this room, or this computer is not approved here.
compare-none = You have no other computer in this room.

## The mark.

compare-match = The digits match: mark as verified
compare-marked = You marked { $name } as verified.
compare-partly = { $name } has a computer here that you have not compared. Compare again, then mark them again.
compare-unmark = Remove the mark
compare-differ = If they differ, look again, both of you now: the number changes with every computer that comes or goes. If they still differ, somebody may stand between you. Leave { $name } unmarked, write nothing confidential here, and look below which computer { $name } does not know.
compare-means = The mark is your own note that the computers of { $name } in this room are really theirs. It stays on this computer: neither the server nor { $name } nor your other computers learn of it. When { $name } gets another computer, the room tells you, and you compare again.

## Computer by computer.

compare-each = Computer by computer
compare-each-how = The number of each of their computers with this one. The other screen shows the same beside this computer.
compare-each-own = The number of each of your other computers with this one. Their screens show the same beside this computer.
compare-new = Not compared
