"""Reads about the blacklist: its words by filters, its languages, the rows of an export."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from moderation.models import BlacklistWord, Project
from moderation.spreadsheets import Cell

EXPORTED = ("word", "language", "category", "severity", "score", "is_regex", "notes", "expires_at")


def words_of(  # noqa: PLR0913 (keyword-only: each names itself)
    project: Project,
    *,
    search: str = "",
    language: str = "",
    category: str = "",
    severity: str = "",
    state: str = "",
    now: datetime,
) -> QuerySet[BlacklistWord]:
    """Return the words that fit; state: "on" acts, "off" does not any more, "" either."""
    words = BlacklistWord.objects.filter(project=project)
    if state == "on":
        words = words.in_force(now)
    elif state == "off":
        words = words.filter(Q(is_active=False) | Q(expires_at__lte=now))
    if search:
        words = words.filter(word__icontains=search)
    wanted = {"language": language, "category": category, "severity": severity}
    return words.filter(**{name: value for name, value in wanted.items() if value})


@dataclass(frozen=True)
class WordFigures:
    """How many words there are; those that were switched off count too, but in `active`."""

    total: int
    active: int
    by_language: Mapping[str, int]
    by_category: Mapping[str, int]
    by_severity: Mapping[str, int]


def word_figures(project: Project) -> WordFigures:
    words = BlacklistWord.objects.filter(project=project).order_by()
    kinds = words.values_list("is_active", "language", "category", "severity")
    rows = list(kinds.annotate(count=Count("pk")))
    sums: list[Counter[str]] = [Counter(), Counter(), Counter()]
    for _, *names, count in rows:
        for sum_, name in zip(sums, names, strict=True):
            sum_[name] += count
    by_language, by_category, by_severity = (dict(sorted(sum_.items())) for sum_ in sums)
    return WordFigures(
        total=sum(count for *_, count in rows),
        active=sum(count for is_active, *_, count in rows if is_active),
        by_language=by_language,
        by_category=by_category,
        by_severity=by_severity,
    )


def languages_of(project: Project) -> list[str]:
    """Return the languages in which the project has words."""
    words = BlacklistWord.objects.filter(project=project).order_by("language")
    return list(words.values_list("language", flat=True).distinct())


def exported_words(words: QuerySet[BlacklistWord]) -> Iterator[tuple[Cell, ...]]:
    """Return a head and a row for each word, as an import reads them."""
    yield EXPORTED
    for row in words.order_by("added_at", "pk").values_list(*EXPORTED).iterator():
        yield tuple(_cell(value) for value in row)


def _cell(value: str | float | bool | datetime | None) -> Cell:  # noqa: FBT001 (a cell)
    if isinstance(value, datetime):
        return value.isoformat()
    return ("true" if value else "") if isinstance(value, bool) else value
