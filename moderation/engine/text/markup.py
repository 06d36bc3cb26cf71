"""Find the markup in a text: Markdown emphasis, HTML tags and entities, BBCode."""

import html
import re
from collections.abc import Iterator

#: Signs of emphasis around a word or a few: "**so** good", "_so_ good", "~~so~~", "`so`".
EMPHASIS = re.compile(
    r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*\n]{1,200}?)(?<=[^\s*])\1(?![\w*])"
    r"|(?<![^\W_])(?<!_)(_{1,3})(?=[^\s_])([^_\n]{1,200}?)(?<=[^\s_])\3(?![\w])"
    r"|(~~)(?=[^\s~])([^~\n]{1,200}?)(?<=[^\s~])~~"
    r"|(?<!`)(`{1,3})(?=[^\s`])([^`\n]{1,200}?)(?<=[^\s`])\7(?!`)"
)
EMPHASIS_SIGN = re.compile(r"[*_~`]")
TAG = re.compile(
    r"<!--.{0,200}?-->"
    r"|</?(?P<html>[a-z][a-z0-9]{0,10})(?:\s[^<>]{0,200})?/?>"
    r"|\[/?(?:b|i|u|s|color|size|font|url|quote|code|spoiler|center|sub|sup)(?:=[^\[\]]{0,80})?\]",
    re.DOTALL,
)
#: Tags that end a line or a word.
BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "td", "tr", "hr", "h1", "h2", "h3", "h4"})
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,20});")
INVISIBLE_ENTITIES = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


def emphasis_signs(text: str) -> Iterator[int]:
    """Yield the places of signs that only emphasise words."""
    for found in EMPHASIS.finditer(text):
        words = next(group for group in (2, 4, 6, 8) if found[group] is not None)
        yield from range(found.start(), found.start(words))
        yield from range(found.end(words), found.end())


def markup(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the span of each tag and entity in a folded text, with what a reader sees instead."""
    if "<" in text or "[" in text:
        for tag in TAG.finditer(text):
            yield *tag.span(), " " if tag["html"] in BREAKS else ""
    if "&" in text:
        for entity in ENTITY.finditer(text):
            sign = html.unescape(entity[0])
            if len(sign) == 1:
                is_visible = sign not in INVISIBLE_ENTITIES
                yield *entity.span(), (" " if sign.isspace() else sign.lower()) * is_visible
