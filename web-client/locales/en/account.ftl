### The own account and its computers.
