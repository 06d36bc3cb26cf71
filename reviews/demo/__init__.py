"""The demo project: its people, what they write, and what moderators decided."""
