"""Reads about the blacklist: filtered words, languages, rows of an export."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from moderation.lib.spreadsheets import Cell
from moderation.models import BlacklistWord, Project

EXPORTED = (
    "word", "language", "category", "severity", "score", "is_regex", "match", "notes", "expires_at",
)  # fmt: skip


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
    """Return the words that match; state: "on" (active), "off" (inactive or expired), "" (both)."""
    words = BlacklistWord.objects.filter(project=project)
    if state == "on":
        words = words.active(now)
    elif state == "off":
        words = words.filter(Q(is_active=False) | Q(expires_at__lte=now))
    if search:
        words = words.filter(word__icontains=search)
    wanted = {"language": language, "category": category, "severity": severity}
    return words.filter(**{name: value for name, value in wanted.items() if value})


@dataclass(frozen=True)
class WordFigures:
    """How many words there are; all counts but `active` include words that are switched off."""

    total: int
    active: int
    by_language: dict[str, int]
    by_category: dict[str, int]
    by_severity: dict[str, int]


def word_figures(project: Project) -> WordFigures:
    words = BlacklistWord.objects.filter(project=project).order_by()
    kinds = words.values_list("is_active", "language", "category", "severity")
    counts = list(kinds.annotate(count=Count("pk")))
    sums: list[Counter[str]] = [Counter(), Counter(), Counter()]
    for _, *names, count in counts:
        for sum_, name in zip(sums, names, strict=True):
            sum_[name] += count
    by_language, by_category, by_severity = (dict(sorted(sum_.items())) for sum_ in sums)
    return WordFigures(
        total=sum(count for *_, count in counts),
        active=sum(count for is_active, *_, count in counts if is_active),
        by_language=by_language,
        by_category=by_category,
        by_severity=by_severity,
    )


def languages_of(project: Project) -> list[str]:
    """Return the languages in which the project has words."""
    words = BlacklistWord.objects.filter(project=project).order_by("language")
    return list(words.values_list("language", flat=True).distinct())


def exported_words(words: QuerySet[BlacklistWord]) -> Iterator[tuple[Cell, ...]]:
    """Yield a header and a row for each word, in the format of an import."""
    yield EXPORTED
    for row in words.order_by("added_at", "pk").values_list(*EXPORTED).iterator():
        *cells, is_regex, match, notes, expires_at = row
        yield (
            *cells,
            "true" if is_regex else "",
            match,
            notes,
            expires_at.isoformat() if expires_at else None,
        )
