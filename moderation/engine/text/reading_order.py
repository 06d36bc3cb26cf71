"""Find the order in which the characters of a text are shown, without those that only hide it.

Colour codes, control characters and backslashes before asterisks are not shown. What
stands after a right-to-left override may be read either way, and upside-down letters backwards.
"""

import re
from collections.abc import Iterator

#: Any character that one of the expressions below begins with or needs.
HIDING = "\x00-\x08\x0e-\x1b\x7f\\\\§\u202e"
MAY_HIDE = re.compile(f"[{HIDING}]")
LETTER = r"[^\W\d_]"
HIDDEN = re.compile(
    r"\x1b\[[0-9;]{0,12}m"  # A colour of a terminal.
    r"|\x03\d{0,2}(?:,\d{1,2})?"  # A colour of a chat over IRC.
    r"|[\x00-\x08\x0e-\x1b\x7f]"
    r"|(?<=[A-Za-z*])\\(?=\*)"
)
#: Colours of a game: one inside a word, or several before or in words.
COLOUR = re.compile(r"§[0-9A-FK-ORa-fk-or](?=[^\W_]|§)")
COLOUR_IN_WORD = re.compile(rf"(?<={LETTER})§\d(?={LETTER})")
#: Shows what follows from right to left, until it is ended. What is isolated in it stays as it is.
OVERRIDE = "\u202e"
OVERRIDDEN = re.compile("\u202e([^\u202c\u202d\u2066-\u2069\n]+)")
#: Letters that look upside down like others, and the others.
UPSIDE_DOWN = dict(
    zip(
        "ɐqɔpǝɟƃɥᴉıɾʞlɯuodbɹsʇnʌʍxʎzןᵷſƆƎℲ⅁˥⅄∀Ԁ┴⊥∩ᴚHIINOSXZWM",
        "abcdefghiijklmnopqrstuvwxyzlgjcefglyaptturhiinosxzmw",
        strict=True,
    )
)
#: Those that nobody writes for another reason in a word of such letters.
TURNED_LETTERS = "ɐɔǝɟƃɥᴉʞɯɹʇʌʍʎℲ⅁˥⅄"
TURNED = re.compile(f"[{TURNED_LETTERS}]")
FEWEST_TURNED = 2
#: How deep what hides may be hidden itself.
MOST_LAYERS = 4
#: Words, and the signs that may stand between them when they are upside down.
TOKEN = re.compile(r"[^\s.,!?'\u02d9\u00a1\u00bf\u201e]+")


def reading_order(text: str, upside_down: list[tuple[int, int]]) -> list[int]:
    """Return the places of a text in the order in which they are read.

    Overridden text is read backwards and forwards: not everybody who sets an override turns
    the letters round.
    """
    order = [*range(len(text))]
    for start, end in upside_down:
        order[start:end] = range(end - 1, start - 1, -1)
    if not MAY_HIDE.search(text):
        return order
    if OVERRIDE in text:
        order = list(_both_ways(text))
    shown = "".join(map(text.__getitem__, order))
    # What is taken out may bring the parts of another together.
    for _ in range(MOST_LAYERS):
        hidden = _hidden_in(shown)
        if not hidden:
            break
        order = [place for at, place in enumerate(order) if at not in hidden]
        shown = "".join(sign for at, sign in enumerate(shown) if at not in hidden)
    return order


def _hidden_in(text: str) -> set[int]:
    hidden = {place for found in HIDDEN.finditer(text) for place in range(*found.span())}
    if "§" in text:
        colours = [found.start() for found in COLOUR.finditer(text)]
        if len(colours) > 1 or COLOUR_IN_WORD.search(text):
            hidden.update(colours, (place + 1 for place in colours))
    return hidden


def _both_ways(text: str) -> Iterator[int]:
    """Yield what is overridden backwards, its override, and what is overridden as it is."""
    after = 0
    for found in OVERRIDDEN.finditer(text):
        start, end = found.span()
        yield from range(after, start)
        yield from range(end - 1, start - 1, -1)
        yield from range(start + 1, end)
        after = end
    yield from range(after, len(text))


def upside_down_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of words that are written upside down, from right to left."""
    if len(TURNED.findall(text)) < FEWEST_TURNED:
        return
    start = 0
    for line in text.split("\n"):
        words: list[tuple[int, int]] = []
        for token in TOKEN.finditer(line):
            if UPSIDE_DOWN.keys() >= set(token[0]):
                words.append(token.span())
            elif words:
                yield from _turned(line, words, start)
                words = []
        # A whole line may begin or end with a word whose letters look the same: "uo".
        yield from _turned(line, words, start, is_to_end=True)
        start += len(line) + 1


def _turned(
    line: str, words: list[tuple[int, int]], start: int, *, is_to_end: bool = False
) -> Iterator[tuple[int, int]]:
    """Yield the span of these words of a line without those at its edges that may be upright."""
    turned = [at for at, span in enumerate(words) if TURNED.search(line, *span)]
    if not turned:
        return
    is_line = is_to_end and TOKEN.search(line).span() == words[0]  # type: ignore[union-attr]
    first, last = (0, len(words) - 1) if is_line else (turned[0], turned[-1])
    begin, end = words[first][0], words[last][1]
    if len(TURNED.findall(line, begin, end)) >= FEWEST_TURNED:
        yield start + begin, start + end
