"""Read letters that are drawn with strokes: `f\\/ck`, `c|_|nt`, `/\\sshole`."""

import re
from collections.abc import Iterator

from moderation.engine.text.masked_words import masked_words

#: What is drawn, and the letter that it is meant for.
DRAWN = {
    "|\\|": "n", "/\\/": "n", "|\\/|": "m", "\\/\\/": "w", "|_|": "u", "(_)": "u", "|-|": "h",
    "}{": "h", "/-\\": "a", "/\\": "a", "\\/": "u", "|<": "k",
}  # fmt: skip
STROKES = re.compile("|".join(re.escape(drawn) for drawn in sorted(DRAWN, key=len, reverse=True)))
#: A run of signs and letters without a blank.
RUN = re.compile(r"[a-z0-9|/\\(){}_<\-@$!*+]+")
LETTERS = re.compile(r"[a-z]")
FEWEST_LETTERS, LONGEST_RUN = 2, 30
#: Signs of which any drawn letter has one.
SIGNS = ("\\", "|", "(_)", "}{")


def drawn_letters(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the span of each drawn or masked letter in a folded text, and the letter.

    A run that is drawn has letters of its own; one with a path or a table in it has more strokes
    than two.
    """
    yield from masked_words(text)
    if not any(sign in text for sign in SIGNS):
        return
    for run in RUN.finditer(text):
        drawn = list(STROKES.finditer(run[0]))
        rest = STROKES.sub("", run[0])
        is_word = len(LETTERS.findall(rest)) >= FEWEST_LETTERS and not set("\\/") & set(rest)
        if is_word and 0 < len(drawn) <= 2 and len(run[0]) <= LONGEST_RUN:
            for found in drawn:
                letter = DRAWN[found[0]]
                yield run.start() + found.start(), run.start() + found.end(), letter
