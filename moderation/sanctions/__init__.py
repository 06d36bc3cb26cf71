"""What an author's violations lead to: strikes, bans and their end."""
