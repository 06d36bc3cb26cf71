"""Check a regular expression before it is saved: why and where RE2 cannot run it."""

import re
from collections.abc import Iterable

import re2

FLAGS = frozenset("ims")
LONGEST_PATTERN = 1_000
#: A pattern that can match the empty string does so somewhere in this text.
PROBE = "a b\n"
REFUSED = (
    (re.compile(r"\(\?<?[=!]"), "lookahead and lookbehind are not supported"),
    (re.compile(r"\\[1-9]|\\[kg]\b|\(\?P="), "backreferences are not supported"),
    (re.compile(r"\(\?>|[*+?}]\+"), "atomic groups and possessive quantifiers are not supported"),
    (re.compile(r"\(\?\("), "conditions are not supported"),
)
#: RE2 accepts more names than Python does.
GROUP_NAME = re.compile(r"\(\?P<([^>]*)>")
ESCAPED_SIGN = re.compile(r"\\.", re.DOTALL)
CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
ESCAPED = re.compile(r"\\\\|\\[^1-9kg]")


class PatternError(ValueError):
    """A regular expression cannot be used; position: where, in code points, if known."""

    def __init__(self, message: str, position: int | None = None) -> None:
        where = "" if position is None else f" at position {position}"
        super().__init__(f"{message}{where}")
        self.message = message
        self.position = position


def validate_pattern(pattern: str, flags: Iterable[str] = ()) -> None:
    """Raise PatternError unless RE2 can run the pattern and it never matches the empty string."""
    if not pattern.strip():
        raise PatternError("the pattern is empty")
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(f"the pattern is longer than {LONGEST_PATTERN} characters")
    for name in GROUP_NAME.finditer(pattern):
        if not name[1].isidentifier():
            raise PatternError(f"{name[1]!r} is not a valid group name", name.start(1))
    if unknown := set(flags) - FLAGS:
        raise PatternError(f"unknown flag {min(unknown)!r}: use i, m, s")
    letters = "".join(sorted(set(flags)))
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(f"(?{letters}){pattern}" if letters else pattern, options)
    except (re2.error, UnicodeError) as error:
        raise _explain(pattern, error) from error
    if any(not found[0] for found in compiled.finditer(PROBE)):
        raise PatternError("the pattern matches the empty string and so every text")


def _explain(pattern: str, error: Exception) -> PatternError:
    visible = ESCAPED.sub("__", pattern)
    for construct, problem in REFUSED:
        if found := construct.search(visible):
            return PatternError(f"{problem} by RE2: {found[0]}", found.start())
    reason = error.args[0] if error.args else "invalid"
    message = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    if message.startswith("missing )"):
        return PatternError("this bracket is never closed", _unclosed_bracket(pattern))
    fragment = message.rpartition(": ")[2]
    place = pattern.find(fragment) if fragment else -1
    return PatternError(message, place if place >= 0 else None)


def _unclosed_bracket(pattern: str) -> int | None:
    """Return the position of the innermost unclosed round bracket."""
    opened: list[int] = []
    # Escaped signs and character classes close nothing: blank them out but keep the places.
    bare = CLASS.sub(lambda found: "_" * len(found[0]), ESCAPED_SIGN.sub("__", pattern))
    for place, sign in enumerate(bare):
        if sign == "(":
            opened.append(place)
        elif sign == ")" and opened:
            opened.pop()
    return opened[-1] if opened else None
