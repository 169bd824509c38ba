### The desktop app: which server, and what the app itself could not do.

server-address-title = Where is your server?
server-address-lead = Igoon runs on a server of your own, or of your group's. Enter its address, or paste the invite link that you were given.
server-address-label = Address or invite link
server-address-hint = For example chat.example.org
server-address-connect = Connect
server-address-keep = Stay with { $server }
server-address-now = Your server is { $server }.
server-address-change = Choose another one

trouble-no-address = This is not the address of a server. It looks like chat.example.org, or is a whole invite link.
trouble-insecure-address = This address begins with http://, so anybody on the way could read along. Use the one that begins with https://.
trouble-no-server = Nothing answers at this address. Check the address, and that this computer is connected.
trouble-not-igoon = Something answers at this address, but it is not Igoon. Check the address, or ask who runs the server.
trouble-not-kept = This computer could not keep that you are signed in. You stay signed in until you close Igoon; then sign in again.
trouble-not-written = This setting could not be written. Free some disk space, then try again.
trouble-not-shown = The system does not show notifications. Look into its settings.
