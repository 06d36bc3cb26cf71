"""Find the markup in a text: Markdown emphasis, HTML tags and entities, BBCode."""

import html
import re
from collections.abc import Iterator

from moderation.engine.text.fold import fold_character, is_invisible
from moderation.engine.text.ordinary import is_ordinary

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
    r"|</?(?P<html>[a-z][a-z0-9]{0,10}(?:-[a-z0-9]{1,10})?)(?:\s[^<>]{0,200})?/?>"
    r"|\[/?(?:b|i|u|s|color|size|font|url|quote|code|spoiler|center|sub|sup)(?:=[^\[\]]{0,80})?\]",
    re.DOTALL,
)
#: Tags that end a line or a word.
BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "td", "tr", "hr", "h1", "h2", "h3", "h4"})
#: Entities, also escaped twice and, for letters alone, without a semicolon: "&#102&#x75".
ENTITY = re.compile(
    r"&(?:amp;){0,3}(?:#\d{1,7};|#x[0-9a-f]{1,6};|[a-z][a-z0-9]{1,20};"
    r"|(?P<bare>#\d{2,6}(?!\d)|#x[0-9a-f]{2}))"
)
AMPERSANDS = re.compile(r"&(?:amp;)+")
#: An entity whose name needs its capitals.
ZERO_WIDTH_SPACE = "&zerowidthspace;"
#: Letters in escapes that only code should show: "\u0066", "\x66", and "%66" inside a word.
ESCAPE = r"(?:\\u00|\\x)[4-7][0-9a-f]"
ESCAPED = re.compile(rf"[a-z]{{0,10}}(?:{ESCAPE}|(?<=[a-z])%[4-7][0-9a-f](?=[a-z]))")
IN_ESCAPED = re.compile(r"(?:\\u00|\\x|%)([4-7][0-9a-f])")
#: A few letters of a word in brackets, and a part of one in signs of emphasis or of a spoiler.
BRACKETED = re.compile(r"\([a-z]{1,3}\)(?=[a-z])|\[[a-z]{1,3}\](?=[a-z])|\{[a-z]{1,3}\}(?=[a-z])")
MARKED = re.compile(r"(\*{2,3}|\|\||~~|__)([a-z]{1,12})\1")
#: Colours inside a word, as game servers write them: "f&4uck", "f^1u^2ck".
COLOUR = re.compile(r"(?<=[a-z])&[0-9a-fk-or](?=[a-z&])|(?<=[a-z])\^\d(?=[a-z^])")
#: A letter as an emoji's name.
NAMED_LETTER = re.compile(r":regional_indicator_([a-z]):")
#: Bars between letters, but not those of a table: "f|u|ck".
BARRED = re.compile(
    r"(?<![\w|])(?=[a-z|]*(?<![a-z])[a-z]\|)[a-z]{1,8}(?:\|[a-z]{1,8}){2,8}(?![\w|])"
)
BEFORE, AFTER = re.compile(r"[a-z]{0,12}\Z"), re.compile(r"[a-z]{0,12}")
LONGEST_BEFORE = 12
SHORTEST_WORD, SHORTEST_PART = 4, 3
#: Ordinary words that are listed, too.
LISTED = frozenset(("fuck", "fucker", "cunt", "pricks"))


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
        yield from _entities(text)
    if "%" in text or "\\" in text:
        yield from _escapes(text)
    yield from _parts_of_words(text)
    yield from _signs_of_chats(text)


def _signs_of_chats(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield colours inside words, and letters that are written as the names of emojis."""
    if "&" in text or "^" in text:
        for found in COLOUR.finditer(text):
            if not ENTITY.match(text, found.start()):
                yield *found.span(), ""
    if ":regional" in text:
        for found in NAMED_LETTER.finditer(text):
            yield *found.span(), found[1]


def _parts_of_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the signs around a few letters of a word."""
    if "(" in text or "[" in text or "{" in text:
        for found in BRACKETED.finditer(text):
            yield from _signs_of(found, 1)
    if "|" in text:
        for found in BARRED.finditer(text):
            bars = (place for place in range(*found.span()) if text[place] == "|")
            yield from ((bar, bar + 1, "") for bar in bars)
    if "**" in text or "||" in text or "~~" in text or "__" in text:
        for found in MARKED.finditer(text):
            yield from _signs_of(found, len(found[1]))


def _entities(text: str) -> Iterator[tuple[int, int, str]]:
    for entity in ENTITY.finditer(text):
        written = AMPERSANDS.sub("&", entity[0])
        sign = html.unescape(written)
        if written == ZERO_WIDTH_SPACE or (len(sign) == 1 and is_invisible(sign)):
            yield *entity.span(), ""
        elif len(sign) <= 2 and sign.isalpha():
            yield *entity.span(), "".join(map(fold_character, sign))
        elif len(sign) == 1 and not entity["bare"]:
            yield *entity.span(), " " if sign.isspace() else fold_character(sign)


def _escapes(text: str) -> Iterator[tuple[int, int, str]]:
    for word in ESCAPED.finditer(text):
        for escape in IN_ESCAPED.finditer(word[0]):
            if (letter := chr(int(escape[1], 16)).lower()).isalpha():
                start = word.start()
                yield start + escape.start(), start + escape.end(), letter


def _signs_of(found: re.Match[str], size: int) -> Iterator[tuple[int, int, str]]:
    """Yield the signs around a part, unless the word or each of its parts is an ordinary one."""
    text, (start, end) = found.string, found.span()
    first = max(0, start - LONGEST_BEFORE)
    before, after = BEFORE.search(text, first, start), AFTER.match(text, end)
    parts = [before[0] if before else "", found[0][size:-size], after[0] if after else ""]
    word = "".join(parts)
    if len(word) < SHORTEST_WORD or parts[1] == word or (is_ordinary(word) and word not in LISTED):
        return
    if all(len(part) >= SHORTEST_PART and is_ordinary(part) for part in parts if part):
        return
    yield start, start + size, ""
    yield end - size, end, ""
