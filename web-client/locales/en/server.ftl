### The server, as its owner sees it.
