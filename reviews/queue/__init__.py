"""Items that wait for a moderator: order, filters, claims."""
