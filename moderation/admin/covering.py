"""People's texts in the admin, covered as in the console until somebody reveals them."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from moderation.accounts.covered_words import covered_content, excerpt, has_covered_words
from moderation.accounts.preferences import preferences_of
from moderation.admin.showing import EXCERPT_LENGTH, marked
from moderation.lib.highlight import Markable
from moderation.models import Preferences, Veil

#: The columns that the functions below replace; a list and a form name them.
EXCERPT, MARKED = "text_excerpt", "marked_text"
REVEAL = "reveal"


def veil_of(request: HttpRequest) -> str:
    """Return from which severity on words are covered on this page."""
    if REVEAL in request.GET:
        return Veil.NEVER
    veil = getattr(request, "veil", None)
    if veil is None:
        # Without a person there is nothing to show; the strictest setting is safe.
        veil = preferences_of(request.user).veil if request.user.is_authenticated else Veil.LOW
        request.veil = veil  # type: ignore[attr-defined]
    return str(veil)


def text_of(row: Any, path: str) -> Markable:
    """Return the classified text of a row: the row itself, or what the path leads to."""
    text: Markable = getattr(row, path) if path else row
    return text


def quoted(text: Markable, veil: str) -> str:
    """Return the beginning of a text, covered as the person wishes."""
    return excerpt(text, EXCERPT_LENGTH, Preferences(veil=veil))


@cache
def excerpt_column(veil: str, path: str) -> Callable[[Model], str]:
    """Return a list's column with the beginning of each text."""

    @admin.display(description="content")
    def column(row: Model) -> str:
        text = text_of(row, path)
        # Where no text is stored, the link still needs words.
        return quoted(text, veil) or str(row)

    column.__name__ = EXCERPT
    return column


@cache
def marked_column(veil: str, path: str) -> Callable[[Model], SafeString]:
    """Return a form's column with the whole text, its words marked or covered.

    Cached, because the admin distinguishes read-only fields by identity.
    """

    @admin.display(description="content")
    def column(row: Model) -> SafeString:
        text = text_of(row, path)
        if not has_covered_words(text, Preferences(veil=veil)):
            return marked(text.content, text.matches)
        link = format_html('<a class="text-link" href="?{}=1">Reveal</a>', REVEAL)
        return format_html("{} {}", covered_content(text), link)

    column.__name__ = MARKED
    return column


@cache
def reveal_column(names: str) -> Callable[[Model], SafeString]:
    """Return a form's column that stands for fields which are covered."""

    @admin.display(description=names)
    def column(_row: Model) -> SafeString:
        return format_html('Covered. <a class="text-link" href="?{}=1">Reveal</a>', REVEAL)

    column.__name__ = "covered_fields"
    return column
