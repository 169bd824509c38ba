### The server, as its owner sees it.

server = This server
server-owner-only = Only the server's owner sees this
server-owner-only-lead = How the server works inside is shown to its owner alone: the account that was made with the set-up code.
server-to-rooms = Go to your rooms
server-lead = Each room and each connected computer has an actor of its own; the store, the directory and the mailer have one each. Nothing here is about what people write.
server-stale = Not up to date:
server-loading = Looking at the server…
server-version = Version
server-uptime = Running for
server-memory = Memory
server-connections = Connections
server-actors = Actors
server-handled = Messages handled
server-handled-short = Handled
server-waiting = Waiting
server-errors = Errors
server-died = Ended by a defect
server-commits = Commits
server-last-commit = The last took
server-show = Show
server-all-actors = All actors
server-kind-count = { $kind } ({ $count })
server-none = None of this kind at the moment.
server-table = The server's actors, anew every two seconds
server-kind = Kind
server-id = Id
server-state = State
server-up = Up for
server-progress = Last progress
server-of = { $depth } of { $bound }
server-pages = Parts of the list
server-part = { $first } to { $last } of { $total }
server-earlier = Earlier ones
server-later = Further ones

## Kinds of actors, and what they are doing.

server-kind-store = Store
server-kind-directory = Directory
server-kind-room = Room
server-kind-device = Computer
server-kind-mailer = Mailer
server-state-starting = Starting
server-state-active = Active
server-state-idle = Idle
server-state-draining = Shutting down
server-state-unavailable = Out of reach

## Spans of time.

server-days = { $days } d { $hours } h
server-milliseconds = { $whole }.{ $tenth } ms
server-now = now
server-ago = { $span } ago
