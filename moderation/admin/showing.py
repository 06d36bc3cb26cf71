"""Columns that show JSON and people's texts, always as text, never as markup."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from unfold.decorators import display

#: Characters of a text that a list shows.
EXCERPT_LENGTH = 120


@cache
def pretty(name: str) -> Callable[[Model], SafeString]:
    """Return a column that shows the JSON field of this name over several lines.

    Cached, because the admin distinguishes read-only fields by identity.
    """

    @admin.display(description=name.replace("_", " "))
    def column(row: Model) -> SafeString:
        text = json.dumps(getattr(row, name), indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)
        return format_html("<pre>{}</pre>", text)

    column.__name__ = name
    return column


def badge(
    *, description: str, ordering: str, colours: Mapping[str, str]
) -> Callable[[Callable[[Any, Any], str]], Callable[[Any, Any], str]]:
    """Return a decorator for a column that shows its values as coloured labels."""

    def decorate(column: Callable[[Any, Any], str]) -> Callable[[Any, Any], str]:
        shown: Callable[[Any, Any], str] = display(
            description=description, ordering=ordering, label=dict(colours)
        )(column)
        return shown

    return decorate


def excerpt(text: str) -> str:
    return Truncator(text).chars(EXCERPT_LENGTH)


def marked(text: str, matches: Iterable[Mapping[str, Any]]) -> SafeString:
    """Return the text with each matched word in a `<mark>` that names the category."""
    pieces: list[SafeString] = []
    done = 0
    for match in sorted(matches, key=lambda match: (match["start"], -match["end"])):
        start, end = max(match["start"], done), match["end"]
        if start >= end:
            continue
        word = format_html('<mark title="{}">{}</mark>', match["category"], text[start:end])
        pieces += [format_html("{}", text[done:start]), word]
        done = end
    pieces.append(format_html("{}", text[done:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))
