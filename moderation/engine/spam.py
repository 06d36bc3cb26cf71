"""Find spam by shape: stretched letters, shouting, floods of emojis, links, mentions, words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from moderation.engine.matches import Category, Match, Source

# Limits: CONTRACT section 5, Spam.
STRETCHED = re.compile(r"(\S)\1{4,}")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>]+", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w@.])@[\w.\-]+|<@!?\d+>")
REPEATED_WORD = re.compile(r"(?<!\w)(\w{1,50})(?:[^\w]{1,5}\1){3,}(?!\w)", re.IGNORECASE)
WORD = re.compile(r"\w+")
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
MAX_EMOJIS = 10
FEWEST_CAPITALS = 10
SHOUTED_SHARE = 0.7
MILD = 0.3
STRONG = 0.6
LATIN_END = 0x250
SIGNALS = ("stretched", "capitals", "emojis", "links", "mentions", "repeated_word", "duplicate")


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    start: int
    end: int
    score: float


def find_spam(text: str, *, is_duplicate: bool = False) -> tuple[Match, ...]:
    """Return one match for each way in which the text looks like spam."""
    signals = [signal for find in FINDERS if (signal := find(text))]
    if is_duplicate:
        signals.append(Signal("duplicate", 0, len(text), STRONG))
    return tuple(_match(text, signal) for signal in signals)


def _match(text: str, signal: Signal) -> Match:
    return Match(
        start=signal.start,
        end=signal.end,
        text=text[signal.start : signal.end],
        category=Category.SPAM,
        source=Source.SPAM,
        score=signal.score,
        word=signal.name,
    )


def _stretched(text: str) -> Signal | None:
    for found in STRETCHED.finditer(text):
        # Digits make amounts, and emojis are counted on their own.
        if not found[1].isdigit() and not EMOJI.match(found[1]):
            return Signal("stretched", found.start(), found.end(), MILD)
    return None


def _shouted(text: str) -> Signal | None:
    if sum(map(str.isupper, text)) < SHOUTED_SHARE * FEWEST_CAPITALS:
        return None
    spoken = LINK.sub(lambda found: " " * len(found[0]), text)
    letters = [
        place for place, sign in enumerate(spoken) if sign.isalpha() and ord(sign) < LATIN_END
    ]
    if len(letters) < FEWEST_CAPITALS:
        return None
    capitals = sum(spoken[place].isupper() for place in letters)
    if capitals < SHOUTED_SHARE * len(letters):
        return None
    return Signal("capitals", letters[0], letters[-1] + 1, MILD)


def _emojis(text: str) -> Signal | None:
    return None if text.isascii() else _too_many("emojis", EMOJI, MAX_EMOJIS, text)


def _links(text: str) -> Signal | None:
    is_linked = "//" in text or "." in text
    return _too_many("links", LINK, MAX_LINKS, text) if is_linked else None


def _mentions(text: str) -> Signal | None:
    return _too_many("mentions", MENTION, MAX_MENTIONS, text) if "@" in text else None


def _too_many(name: str, pattern: re.Pattern[str], limit: int, text: str) -> Signal | None:
    """Return where the first one more than the limit stands."""
    excess = next(islice(pattern.finditer(text), limit, None), None)
    return Signal(name, excess.start(), excess.end(), STRONG) if excess else None


def _repeated_word(text: str) -> Signal | None:
    words = WORD.findall(text.lower())
    rows = zip(words, words[1:], words[2:], words[3:], strict=False)
    if not any(first == second == third == fourth for first, second, third, fourth in rows):
        return None
    found = REPEATED_WORD.search(text)
    return Signal("repeated_word", found.start(), found.end(), MILD) if found else None


FINDERS: tuple[Callable[[str], Signal | None], ...] = (
    _stretched,
    _shouted,
    _emojis,
    _links,
    _mentions,
    _repeated_word,
)
