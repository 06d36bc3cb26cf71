"""Cut a text at its matches, so that pages can mark each of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from moderation.engine.matches import PiiType, Source
from moderation.lib.languages import figure, gettext_noop

PII_NAMES: dict[str, str] = {
    PiiType.EMAIL: gettext_noop("e-mail address"),
    PiiType.PHONE: gettext_noop("phone number"),
    PiiType.CREDIT_CARD: gettext_noop("payment card"),
    PiiType.US_SSN: gettext_noop("US social number"),
    PiiType.IBAN: "IBAN",
    PiiType.IP_ADDRESS: gettext_noop("IP address"),
}


class Markable(Protocol):
    """A classified text: a log, one of its revisions, a trial."""

    @property
    def content(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def matches(self) -> list[Any]: ...
    @property
    def pii(self) -> list[Any]: ...


@dataclass(frozen=True)
class Segment:
    """A piece of a text; an empty kind means that nothing matched there."""

    text: str
    kind: str = ""
    #: A caption such as "insult 0.75, word list".
    title: str = ""
    #: Whether the model guessed it; otherwise a list, a rule or a detector found it.
    is_guess: bool = False


#: The detectors' names on pages (`Source` in the engine).
SOURCES = {
    "lexicon": gettext_noop("word list"),
    "blacklist": gettext_noop("blacklist"),
    "rule": gettext_noop("rule"),
    "spam": gettext_noop("spam"),
    "pii": gettext_noop("personal data"),
    "model": gettext_noop("model"),
}


def segments(
    content: str, matches: Iterable[Mapping[str, Any]], pii: Iterable[Mapping[str, Any]] = ()
) -> list[Segment]:
    """Return the whole text in pieces; where matches overlap, the strongest one is marked.

    `matches` and `pii` have the shape that logs store: offsets in code points.
    """
    marks: list[tuple[int, int, Segment, float]] = []
    for match in matches:
        category, score = match["category"], match["score"]
        title = f"{kind_name(category)} {figure(score, 2)}, {source_name(match['source'])}"
        piece = Segment("", category, title, is_guess=match["source"] == Source.MODEL)
        marks.append((match["start"], match["end"], piece, score))
    for hit in pii:
        title = _("personal data: {kind}").format(kind=kind_name(hit["type"]))
        marks.append((hit["start"], hit["end"], Segment("", "personal_info", title), 1.0))

    # Strongest first; of two as strong, the longer one.
    visible: list[tuple[int, int, Segment]] = []
    for start, end, piece, _score in sorted(marks, key=lambda mark: (-mark[3], mark[0] - mark[1])):
        if start < end and all(end <= other[0] or other[1] <= start for other in visible):
            visible.append((start, end, piece))

    pieces, at = [], 0
    for start, end, piece in sorted(visible, key=lambda mark: mark[0]):
        if at < start:
            pieces.append(Segment(content[at:start]))
        pieces.append(replace(piece, text=content[start:end]))
        at = end
    return [*pieces, Segment(content[at:])] if at < len(content) else pieces


def finders_of(log: Markable) -> list[str]:
    """Return in words what found something in a text, each once: word list, model, …"""
    names = [source_name(match["source"]) for match in log.matches]
    return list(dict.fromkeys([*names, *([_("personal data")] if log.pii else [])]))


def source_name(source: str) -> str:
    """Return a detector's name for pages."""
    return _(SOURCES.get(source, source))


def kind_name(kind: str) -> str:
    """Return a category, reason, verdict or another code in words of the page's language."""
    return _named(kind, get_language() or "en")


@lru_cache(maxsize=2_000)
def _named(kind: str, _language: str) -> str:
    return _(PII_NAMES.get(kind) or kind.replace("_", " ").lower())


def kind_title(kind: str) -> str:
    """Return the same with a capital, as it stands alone."""
    name = kind_name(kind)
    return name[:1].upper() + name[1:]


#: For choices that are declared before a page's language is known.
lazy_name = lazy(kind_name, str)
lazy_title = lazy(kind_title, str)
