"""Find spam: by shape (stretched letters, shouting, floods, repeated words) and by what it says."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from moderation.engine.detectors.link_domains import NO_DOMAINS, LinkDomains
from moderation.engine.detectors.scams import scam_in
from moderation.engine.matches import Category, Match, Source
from moderation.engine.text.fold import TextView
from moderation.engine.text.ordinary import is_ordinary

# Limits: docs/engine.md, "Spam".
#: Letters and marks that people stretch; rulers, tables and dots are no such signs.
STRETCHED = re.compile(r"([^\W\d_]|[!?$])\1{4,}")
#: Letters that people laugh and cry with, in any number; w by itself only.
LAUGHED = frozenset("ㅋㅎㅠㅜㅡㅇㄷ哈呵嘿嘻嗚呜草笑هخ")
LAUGHED_ALONE = re.compile(r"(?<!\w)[wW]{1,99}(?!\w)")
#: What no one speaks: file names, constants, codes and keys, numbers in hexadecimal, strings of
#: DNA, and lists of abbreviations.
CODE = re.compile(
    r"(?<![\w#\-])(?:#[0-9A-Fa-f]{6,8}|0x[0-9A-Fa-f]+|(?=[0-9A-Fa-f\-]*\d)[0-9A-Fa-f\-]{12,})(?!\w)"
    r"|(?<![\w\-])(?=[\w\-]*[^\W\d_])(?=[\w\-]*[\d_])[A-Za-z0-9_\-]{5,}(?!\w)|\b[ACGTU]{8,}\b"
    r"|(?<![\w\-])(?:[A-Z0-9]{4,}-){2,}[A-Z0-9]{4,}(?!\w)|(?<![\w\-])[\w\-]+\.[a-z]\w{0,4}(?!\w)"
    r"|(?<![\w\-])[A-Z][A-Z0-9]{1,4}(?:(?:/|, )[A-Z][A-Z0-9]{1,4}){2,}(?!\w)"
)
#: A command to a database, whose words are in capitals by custom.
SQL = re.compile(
    r"\bSELECT\b.{1,200}?\bFROM\b|\bINSERT INTO\b|\bUPDATE \w{1,60} SET\b|\bDELETE FROM\b"
    r"|\b(?:CREATE|ALTER|DROP) (?:TABLE|INDEX|VIEW|DATABASE)\b|\b(?:INNER|LEFT) JOIN\b",
    re.DOTALL,
)
#: Signs of shares and other abbreviations: at least this many, and hardly any is a word.
ABBREVIATION = re.compile(r"[A-Z]{2,5}")
FEWEST_ABBREVIATIONS = 3
MOST_WORDS_AMONG_THEM = 0.25
#: What people say again and again when they laugh, sing or make a sound.
LAUGHTER = frozenset(
    (
        *("ha", "haha", "hah", "he", "hehe", "heh", "hi", "ho", "ja", "je", "ji", "jo"),
        *("la", "na", "da", "du", "doo", "dum", "ta", "ra", "pa", "bla", "blah", "yada", "knock"),
        *("woof", "meow", "miau", "moo", "beep", "tick", "boom"),
    )
)
#: The names of custom emojis, in capitals or stretched: one picture.
EMOJI_NAME = re.compile(r"<a?:\w{2,32}:\d{5,20}>|(?<![\w:]):[A-Za-z0-9_+\-]{2,40}:(?![\w:])")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>]+", re.IGNORECASE)
#: Not the names of packages ("@types/node") and what programs mark so ("`@param`", "@route(").
MENTION = re.compile(r"(?<![\w@.`])@[\w.\-]+(?![\w.\-]*[/(`])|<@!?\d+>")
HASHTAG = re.compile(r"(?<![\w#&/])#(?!\d+\b)\w+")
REPEATED_WORD = re.compile(r"(?<!\w)([^\W\d_]\w{0,49})(?:[^\w|]{1,5}\1){3,}(?!\w)", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]\w*")
EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}"
    "|[\U0001f300-\U0001f3fa\U0001f400-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7e4"
    "\U0001f900-\U0001f9ff\U0001fa70-\U0001faff"
    # Of the older signs those that are drawn as pictures; ticks, stars and chessmen are text.
    "\u2614\u2615\u2639\u263a\u2648-\u2653\u2665\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be"
    "\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728"
    "\u274c\u274e\u2753-\u2755\u2757\u2764\u2795-\u2797\u27b0\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*"
    "(?:\u200d[\U0001f300-\U0001faff\u2600-\u27bf][\ufe0f\U0001f3fb-\U0001f3ff]*)*"
    "|[\u2600-\u27bf]\ufe0f|[0-9#*]\ufe0f?\u20e3)"
)
MAX_LINKS = 3
MAX_MENTIONS = 5
MAX_HASHTAGS = 5
MAX_EMOJIS = 10
FEWEST_CAPITALS = 10
SHOUTED_SHARE = 0.7
MILD = 0.3
STRONG = 0.6
LATIN_END = 0x250
SIGNALS = (
    "stretched",
    "capitals",
    "emojis",
    "links",
    "mentions",
    "hashtags",
    "repeated_word",
    "duplicate",
    "scam",
    "advertising",
)
#: How a text is written. A warning for these alone is no violation.
FORM = frozenset({"stretched", "capitals", "repeated_word", "hashtags"})


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    start: int
    end: int
    score: float


def find_spam(
    text: str,
    views: Sequence[TextView],
    *,
    is_duplicate: bool = False,
    domains: LinkDomains = NO_DOMAINS,
) -> tuple[Match, ...]:
    """Return one match for each way in which the text looks like spam.

    views: the fold, and the plain view if it differs.
    domains: links to the allowed ones are no sign of spam.
    """
    bare = text
    if allowed := domains.allowed_spans(text, views[0]):
        bare = TextView(text, range(len(text))).without(allowed).text
        views = [view.without(allowed) for view in views]
    if ":" in text:
        bare = EMOJI_NAME.sub(lambda name: " " * len(name[0]), bare)
    signals = [signal for find in FINDERS if (signal := find(bare))]
    if is_duplicate:
        signals.append(Signal("duplicate", 0, len(text), STRONG))
    if scam := scam_in(views):
        signals.append(Signal(*scam, STRONG))
    return tuple(
        Match(
            start=signal.start,
            end=signal.end,
            text=text[signal.start : signal.end],
            category=Category.SPAM,
            source=Source.SPAM,
            score=signal.score,
            word=signal.name,
        )
        for signal in signals
    )


def stretched(text: str) -> Signal | None:
    # Codes are looked for in the few texts that stretch something.
    spoken = CODE.sub(_blank, text) if STRETCHED.search(text) else ""
    for found in STRETCHED.finditer(spoken):
        start, end = found.span()
        if found[1] not in LAUGHED and not LAUGHED_ALONE.match(text, start):
            return Signal("stretched", start, end, MILD)
    return None


def shouted(text: str) -> Signal | None:
    if sum(map(str.isupper, text)) < SHOUTED_SHARE * FEWEST_CAPITALS:
        return None
    if SQL.search(text) or _is_list_of_abbreviations(text):
        return None
    spoken = LINK.sub(_blank, text)
    letters = [
        place for place, sign in enumerate(spoken) if sign.isalpha() and ord(sign) < LATIN_END
    ]
    words = CODE.sub(_blank, spoken)
    capitals = sum(words[place].isupper() for place in letters)
    if len(letters) < FEWEST_CAPITALS or capitals < SHOUTED_SHARE * len(letters):
        return None
    return Signal("capitals", letters[0], letters[-1] + 1, MILD)


def _is_list_of_abbreviations(text: str) -> bool:
    """Say whether a text is a list such as "AAPL MSFT GOOG TSLA"."""
    words = WORD.findall(text)
    if len(words) < FEWEST_ABBREVIATIONS or not all(map(ABBREVIATION.fullmatch, words)):
        return False
    return sum(map(is_ordinary, map(str.lower, words))) <= MOST_WORDS_AMONG_THEM * len(words)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def emojis(text: str) -> Signal | None:
    return None if text.isascii() else _too_many("emojis", EMOJI, MAX_EMOJIS, text)


def links(text: str) -> Signal | None:
    is_linked = "//" in text or "." in text
    return _too_many("links", LINK, MAX_LINKS, text) if is_linked else None


def mentions(text: str) -> Signal | None:
    return _too_many("mentions", MENTION, MAX_MENTIONS, text) if "@" in text else None


def hashtags(text: str) -> Signal | None:
    # Posts have many tags for good reasons: by themselves they only warn.
    return _too_many("hashtags", HASHTAG, MAX_HASHTAGS, text, MILD) if "#" in text else None


def _too_many(
    name: str, pattern: re.Pattern[str], limit: int, text: str, score: float = STRONG
) -> Signal | None:
    """Return the first occurrence beyond the limit."""
    excess = next(islice(pattern.finditer(text), limit, None), None)
    return Signal(name, excess.start(), excess.end(), score) if excess else None


def repeated_word(text: str) -> Signal | None:
    words = WORD.findall(text.lower())
    if len(words) - len(set(words)) < 3:
        return None
    rows = zip(words, words[1:], words[2:], words[3:], strict=False)
    if not any(
        first == second == third == fourth and first not in LAUGHTER
        for first, second, third, fourth in rows
    ):
        return None
    found = REPEATED_WORD.search(text)
    return Signal("repeated_word", found.start(), found.end(), MILD) if found else None


FINDERS: tuple[Callable[[str], Signal | None], ...] = (
    stretched,
    shouted,
    emojis,
    links,
    mentions,
    hashtags,
    repeated_word,
)
