### A room: its messages, what one writes, who has read it.
