"""Look for our own expressions, of Latin letters alone, in a text with one byte for each sign.

In UTF-8 every "no letter of any script" becomes hundreds of ranges of bytes. With one byte for each
sign RE2 takes a hundredth of the memory, and a place in the bytes is the place in the text.
"""

import codecs
import unicodedata
from collections.abc import Iterable, Iterator

import re2

from moderation.engine.detectors.boundaries import SPAN
from moderation.engine.detectors.regexes import options, source_of

#: What stands for a sign that Latin-1 lacks: the euro sign keeps a byte of its own, a letter, digit
#: or mark becomes a letter that no expression names, and anything else a sign that none names.
EURO, LETTER, SIGN = 0x80, 0xFF, 0x1A
ERRORS = "gavel.one_byte"


def one_byte(text: str) -> bytes:
    """Return the text with as many bytes as it has signs."""
    return text.encode("latin-1", ERRORS)


def _stand_in(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return bytes(map(_byte, signs)), error.end


def _byte(sign: str) -> int:
    if sign == "€":
        return EURO
    return LETTER if unicodedata.category(sign)[0] in "LMN" else SIGN


codecs.register_error(ERRORS, _stand_in)


class Finder:
    """Tells which of several expressions a text holds, and where each stands first."""

    def __init__(self, expressions: Iterable[str], flags: Iterable[str]) -> None:
        chosen = options()
        chosen.encoding = re2.Options.Encoding.LATIN1
        #: Knows by plain words which expressions a text may hold: few texts have such a word.
        self._likely = re2.Filter()
        self._each = []
        for expression in expressions:
            source = one_byte(source_of(expression, flags))
            self._likely.Add(source, chosen)
            compiled = re2.compile(source, chosen)
            groups = compiled.groupindex.items()
            spans = sorted(number for name, number in groups if name.startswith(SPAN.encode()))
            self._each.append((compiled, spans))
        self._likely.Compile()

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield the index of each expression that the text holds, and its first span."""
        given = one_byte(text)
        for index in self._likely.Match(given, potential=True) or ():
            compiled, spans = self._each[index]
            if found := compiled.search(given):
                branch = next((group for group in spans if found.start(group) >= 0), 0)
                yield index, *found.span(branch)
