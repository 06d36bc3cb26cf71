"""Hostile text on a page: it must be there, and it must be text."""

from html import unescape


def shows_as_text(answer, text):
    """Say whether a page holds the text, and only escaped."""
    page = answer.content.decode()
    return text not in page and text in unescape(page)
