"""Read words masked by other signs than asterisks: `f--k`, `b?tch`, `sh’t`, `fxck`."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from moderation.engine.data import rows
from moderation.engine.text.ordinary import is_ordinary

#: One sign, or several alike, between letters, unless each letter has one: "f-u-c-k".
MASK = re.compile(r"([-.?'\u2019x])(?<=[a-z].)\1{0,7}(?=([a-z]{2,12}|[a-z](?!\1[a-z]\b)))")
APOSTROPHES = "'\u2019"
DASHES = re.compile(r"(?<![\w-])(?:f---|b----)(?![\w-])")
DASHED = {"f---": "uck", "b----": "itch"}
BEFORE = re.compile(r"[a-z]{1,8}\Z")
LONGEST_BEFORE = 8
HIDDEN = re.compile(r"[a-z]+(\*+)[a-z]+")
VOWELS = "aeiou"
#: A listed word as long, or a strong one, is read with any vowel of it hidden.
LONG, STRONG, SHORTEST_STRONG = 6, 0.75, 5
#: Masks of one vowel that a hyphen or an apostrophe may also make of something else.
AMBIGUOUS = frozenset(("h*es", "ho*s", "p*ta", "p*tas", "p*to", "t*ts"))
#: What stands after an apostrophe in English: "the day's work".
CONTRACTIONS = frozenset(("s", "d", "m", "ll", "re", "ve"))
#: Endings of file names and of names in the web.
SUFFIXES = ("ts", "to", "es")
#: Masks of which so little is to be seen that others would be ranges or dashes.
SHORT = {
    "-": frozenset(("f**k", "s**t", "c**t", "d**k", "c**k", "d**n")),
    ".": frozenset(("f**k",)),
    "?": frozenset(("f**k", "s**t", "c**t")),
    "x": frozenset(("f**k",)),
}
FEWEST_SEEN = 3
#: What may stand beside a word, but not beside a part of an address or of a query.
ADDRESS_BEFORE, ADDRESS_AFTER = "/@:=&.", re.compile(r"[./@:]\w|[=&]")


def masked_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the span of each mask in a folded text, and the letters that it hides."""
    for found in MASK.finditer(text):
        after = found[2]
        if after not in endings() or (found[1] in APOSTROPHES and after in CONTRACTIONS):
            continue
        start, end = found.span()
        before = BEFORE.search(text, max(0, start - LONGEST_BEFORE), start)
        hidden = before and _hidden(before[0], found[0], after)
        if before and hidden and not _is_part(text, found[1], before.start(), end + len(after)):
            yield start, end, hidden
    if "---" in text:
        for found in DASHES.finditer(text):
            yield found.start() + 1, found.end(), DASHED[found[0]]


def _hidden(before: str, signs: str, after: str) -> str | None:
    """Return the letters behind signs between others, if they mask one word alone."""
    mask = f"{before}{'*' * len(signs)}{after}"
    hidden = masks().get(mask)
    if not hidden:
        return None
    sign = signs[0]
    if len(signs) == 1:
        is_suffix = sign == "." and after in SUFFIXES
        is_clear = hidden in VOWELS and mask not in AMBIGUOUS and not is_suffix
    else:
        is_seen = len(before) + len(after) >= FEWEST_SEEN
        is_dashed = sign == "-" and len(signs) >= FEWEST_SEEN
        is_clear = is_seen or is_dashed or mask in SHORT.get(sign, ())
    return (
        hidden if is_clear and not (sign == "x" and is_ordinary(before + signs + after)) else None
    )


def _is_part(text: str, sign: str, start: int, end: int) -> bool:
    """Say whether a masked word belongs to a longer one or to an address."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isalnum() or before == "_" or after.isalnum() or after == "_":
        return True
    is_address = before and before in ADDRESS_BEFORE
    return sign in ".?" and bool(is_address or ADDRESS_AFTER.match(text, end))


@cache
def masks() -> Mapping[str, str]:
    """Return the letters that each mask of a word with one gap hides."""
    innocent = {row[0] for row in rows("innocent.tsv")}
    usual = {mask: word for mask, word, *_ in rows("censored.tsv")}
    listed: dict[str, str] = {}
    for word, score, _, _, kind, *_ in rows("words.tsv"):
        is_read = kind in {"word", "stem"} and word.isascii() and word.isalpha()
        shortest = SHORTEST_STRONG if float(score) >= STRONG else LONG
        if is_read and len(word) >= shortest:
            for at in range(1, len(word) - 1):
                if word[at] in VOWELS and not _has_rival(word, at):
                    listed.setdefault(f"{word[:at]}*{word[at + 1 :]}", word)
    read = {mask: word for mask, word in listed.items() if mask not in innocent} | usual
    return {mask: letters for mask, word in read.items() if (letters := _letters(mask, word))}


@cache
def endings() -> frozenset[str]:
    """Return what may stand after a mask."""
    return frozenset(mask.rpartition("*")[2] for mask in masks())


def _has_rival(word: str, at: int) -> bool:
    """Say whether another vowel in the place of one makes an ordinary word."""
    others = VOWELS.replace(word[at], "")
    return any(is_ordinary(f"{word[:at]}{other}{word[at + 1 :]}") for other in others)


def _letters(mask: str, word: str) -> str | None:
    gap = HIDDEN.fullmatch(mask)
    if not gap:
        return None
    start, end = gap.span(1)
    whole = next((form for form in (word, f"{word}s") if len(form) == len(mask)), "")
    is_it = whole.startswith(mask[:start]) and whole.endswith(mask[end:])
    return whole[start:end] if is_it else None
