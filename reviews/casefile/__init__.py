"""What a moderator sees of an item: the message, why it is here, its author."""
