"""Prepare a text: fold disguises, cut tokens, guess the language."""
