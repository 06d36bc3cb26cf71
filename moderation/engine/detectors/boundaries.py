r"""Let `\b` in a project's expression be a boundary of letters of any script.

RE2 knows `\b` only between ASCII letters and other signs: "\bана\b" never matches, and "\bana\b"
matches in "mañana". A `\b` at the beginning or end of an alternative becomes a sign that is no
letter, outside the group that gives the span. Inside an alternative `\b` stays as it is.
"""

import re
from collections.abc import Iterator

LETTER = r"\pL\pM\pN_"
BEFORE = rf"(?:^|[^{LETTER}])"
AFTER = rf"(?:$|[^{LETTER}])"
BOUNDARY = r"\b"
#: What may follow an opening `\b`, and precede a closing one, that it then stands beside a letter.
OPENS_WITH_LETTER = re.compile(r"[^\W]|[(\[.]|\\[wdpx]|\\pL")
CLOSES_WITH_LETTER = re.compile(r"(?:[^\W]|[)\]}.*+?]|\\[wd])\Z")
SPAN = "gavel_span_"
FLAGS = re.compile(r"\(\?[ims]+\)")


def with_boundaries(expression: str) -> str | None:
    r"""Return it for RE2 with a group SPAN… for each alternative; None without `\b` at an end."""
    if BOUNDARY not in expression:
        return None
    flags = FLAGS.match(expression)
    head = flags[0] if flags else ""
    branches: list[str] = []
    is_changed = False
    for branch in _branches(expression[len(head) :]):
        core, before, after = branch, "", ""
        if core.startswith(BOUNDARY) and OPENS_WITH_LETTER.match(core, len(BOUNDARY)):
            core, before = core[len(BOUNDARY) :], BEFORE
        is_escaped = core.endswith(rf"\{BOUNDARY}")
        if core.endswith(BOUNDARY) and not is_escaped:
            inner = core[: -len(BOUNDARY)]
            if CLOSES_WITH_LETTER.search(inner):
                core, after = inner, AFTER
        is_changed = is_changed or bool(before or after)
        branches.append(f"{before}(?P<{SPAN}{len(branches)}>{core}){after}")
    return head + "|".join(branches) if is_changed else None


def _branches(expression: str) -> Iterator[str]:
    """Yield the alternatives of the whole expression."""
    depth, start, is_class, is_escaped = 0, 0, False, False
    for place, sign in enumerate(expression):
        if is_escaped:
            is_escaped = False
        elif sign == "\\":
            is_escaped = True
        elif is_class:
            is_class = sign != "]"
        elif sign == "[":
            is_class = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and not depth:
            yield expression[start:place]
            start = place + 1
    yield expression[start:]
