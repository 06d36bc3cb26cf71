"""Cut a text at its matches, so that pages can mark each of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Markable(Protocol):
    """A judged text: a log, one of its revisions, a trial."""

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
    """A piece of a text; without a kind nothing was found in it."""

    text: str
    kind: str = ""
    #: In words, e.g. "insult 0.75, word list".
    title: str = ""


#: How pages call the detectors (`Source` in the engine).
SOURCES = {
    "lexicon": "word list",
    "blacklist": "blacklist",
    "rule": "rule",
    "spam": "spam",
    "pii": "personal data",
    "model": "model",
}


def segments(
    content: str, matches: Iterable[Mapping[str, Any]], pii: Iterable[Mapping[str, Any]] = ()
) -> list[Segment]:
    """Return the whole text in pieces; where matches overlap, the stronger one is shown.

    `matches` and `pii` have the shape in which logs store them: offsets in code points.
    """
    found = [(_span(match), match["category"], _title(match), match["score"]) for match in matches]
    found += [(_span(hit), "personal_info", _pii_title(hit), 1.0) for hit in pii]
    pieces, at = [], 0
    for (start, end), kind, title in _without_overlap(found):
        if at < start:
            pieces.append(Segment(content[at:start]))
        pieces.append(Segment(content[start:end], kind, title))
        at = end
    return [*pieces, Segment(content[at:])] if at < len(content) else pieces


Found = tuple[tuple[int, int], str, str, float]


def _without_overlap(found: list[Found]) -> list[tuple[tuple[int, int], str, str]]:
    kept: list[Found] = []
    for hit in sorted(found, key=lambda hit: (-hit[3], hit[0][0] - hit[0][1])):
        start, end = hit[0]
        if start < end and all(end <= other[0][0] or other[0][1] <= start for other in kept):
            kept.append(hit)
    return [(span, kind, title) for span, kind, title, _ in sorted(kept)]


def _span(hit: Mapping[str, Any]) -> tuple[int, int]:
    return hit["start"], hit["end"]


def _title(match: Mapping[str, Any]) -> str:
    return f"{kind_name(match['category'])} {match['score']:.2f}, {source_name(match['source'])}"


def _pii_title(hit: Mapping[str, Any]) -> str:
    return f"personal data: {kind_name(hit['type'])}"


def source_name(source: str) -> str:
    """Return a detector's name in words."""
    return SOURCES.get(source, source)


def kind_name(kind: str) -> str:
    """Return a category, reason or PII type in words."""
    return kind.replace("_", " ").lower()
