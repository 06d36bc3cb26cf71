"""Find spam: by shape (stretched letters, shouting, floods, repeated words) and by what it says."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from moderation.engine.detectors.link_domains import NO_DOMAINS, LinkDomains
from moderation.engine.detectors.scams import scam_in
from moderation.engine.matches import Category, Match, Source
from moderation.engine.text.fold import TextView

# Limits: docs/engine.md, "Spam".
#: Letters and marks that people stretch; rulers, tables and dots are no such signs.
STRETCHED = re.compile(r"([^\W\d_]|[!?$])\1{4,}")
#: The names of custom emojis, in capitals or stretched: one picture.
EMOJI_NAME = re.compile(r"<a?:\w{2,32}:\d{5,20}>|(?<![\w:]):[A-Za-z0-9_+\-]{2,40}:(?![\w:])")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>]+", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w@.])@[\w.\-]+|<@!?\d+>")
HASHTAG = re.compile(r"(?<![\w#&/])#(?!\d+\b)\w+")
REPEATED_WORD = re.compile(r"(?<!\w)([^\W\d_]\w{0,49})(?:[^\w]{1,5}\1){3,}(?!\w)", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]\w*")
EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}"
    "|[\U0001f300-\U0001f3fa\U0001f400-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb"
    "\U0001f900-\U0001f9ff\U0001fa70-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*"
    "(?:\u200d[\U0001f300-\U0001faff\u2600-\u27bf][\ufe0f\U0001f3fb-\U0001f3ff]*)*"
    "|[0-9#*]\ufe0f?\u20e3)"
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
    folded: TextView,
    *,
    is_duplicate: bool = False,
    domains: LinkDomains = NO_DOMAINS,
) -> tuple[Match, ...]:
    """Return one match for each way in which the text looks like spam.

    domains: links to the allowed ones are no sign of spam.
    """
    bare, bare_folded = domains.without_allowed(text, folded)
    if ":" in text:
        bare = EMOJI_NAME.sub(lambda name: " " * len(name[0]), bare)
    signals = [signal for find in FINDERS if (signal := find(bare))]
    if is_duplicate:
        signals.append(Signal("duplicate", 0, len(text), STRONG))
    if scam := scam_in(bare_folded):
        name, start, end = scam
        signals.append(Signal(name, *folded.span(start, end), STRONG))
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
    found = STRETCHED.search(text)
    return Signal("stretched", found.start(), found.end(), MILD) if found else None


def shouted(text: str) -> Signal | None:
    if sum(map(str.isupper, text)) < SHOUTED_SHARE * FEWEST_CAPITALS:
        return None
    spoken = LINK.sub(lambda link: " " * len(link[0]), text)
    letters = [
        place for place, sign in enumerate(spoken) if sign.isalpha() and ord(sign) < LATIN_END
    ]
    capitals = sum(spoken[place].isupper() for place in letters)
    if len(letters) < FEWEST_CAPITALS or capitals < SHOUTED_SHARE * len(letters):
        return None
    return Signal("capitals", letters[0], letters[-1] + 1, MILD)


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
    if not any(first == second == third == fourth for first, second, third, fourth in rows):
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
