"""Detoxify as the model: loaded from disk alone, served with torch or, exported, without it."""
