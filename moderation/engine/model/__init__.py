"""Score a text with a statistical model."""
