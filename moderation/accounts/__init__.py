"""Who calls and what they may do: keys, members, projects, and the audit log."""
