"""What moderators decide, what follows from it, and how they undo it."""
