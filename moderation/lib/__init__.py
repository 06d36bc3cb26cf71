"""Small tools that know nothing of moderation."""
