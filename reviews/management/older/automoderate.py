"""AutoModerate (Flask, SQLAlchemy): rules, content with its results, decisions.

Keys are not imported: they were stored in clear, and Gavel has its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from moderation.lib.errors import Invalid
from reviews.management.older.records import (
    DEFAULT_CHANNEL,
    Message,
    Record,
    Review,
    RuleDraft,
    translated,
)
from reviews.management.older.source import (
    LeftOut,
    Row,
    Source,
    flag_in,
    needed_in,
    needed_moment,
    number_in,
    object_in,
    text_in,
)

NAME = "AutoModerate"
#: Its tables, each with the names that it may have: of the class, and its plural.
PROJECTS, RULES = ("projects", "project"), ("moderation_rules", "moderation_rule")
CONTENT = ("content", "contents")
RESULTS = ("moderation_results", "moderation_result")
AUTHORS, PEOPLE = ("api_users", "api_user"), ("users", "user")
TABLES = (*PROJECTS, *RULES, *CONTENT, *RESULTS)
HIGHEST_PRIORITY = 1000
VERDICTS = {
    "approved": ("allow", "none"), "flagged": ("flag", "medium"), "rejected": ("block", "high"),
}  # fmt: skip
#: Never judged, or not to the end: a person decides.
UNDECIDED = ("pending", "error")
RULINGS = {"approved": "approve", "rejected": "reject"}
NOBODY = "anonymous"


def read(source: Source, only: str) -> Iterator[Record]:
    """Yield everything of one project. Raises Invalid if there are several and none was named."""
    project = chosen_project(source, only)
    authors = names_in(source, AUTHORS, "external_user_id")
    people = names_in(source, PEOPLE, "username")
    results = results_in(source)
    translate = partial(messages, project=project, authors=authors, people=people, results=results)
    yield from translated(source, table_of(source, RULES), "rules", partial(rules, project=project))
    yield from translated(source, table_of(source, CONTENT), "messages", translate)


def table_of(source: Source, names: Sequence[str]) -> str:
    return next((name for name in names if name in source.names()), names[0])


def rows_of(source: Source, names: Sequence[str]) -> Iterator[Row]:
    table = table_of(source, names)
    return source.rows(table) if table in source.names() else iter(())


def chosen_project(source: Source, only: str) -> str:
    """Return the project's id; "" if the tables name none."""
    found = {text_in(row, "id"): text_in(row, "name") for row in rows_of(source, PROJECTS)}
    named = sorted(id_ for id_, name in found.items() if only in (id_, name))
    if only and len(named) != 1:
        raise Invalid("only", f"must name one of the projects {', '.join(sorted(found.values()))}")
    if not only and len(found) > 1:
        names = ", ".join(sorted(found.values()))
        raise Invalid("only", f"there are several projects: name one of {names}")
    return named[0] if only else next(iter(found), "")


def names_in(source: Source, names: Sequence[str], column: str) -> dict[str, str]:
    return {text_in(row, "id"): text_in(row, column) for row in rows_of(source, names)}


def results_in(source: Source) -> dict[str, list[Row]]:
    """Return each content's results; they are needed together with it."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(source, RESULTS):
        found[text_in(row, "content_id")].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: text_in(row, "created_at"))
    return found


def is_foreign(row: Row, project: str) -> bool:
    return bool(project) and text_in(row, "project_id", project) != project


def rules(row: Row, project: str) -> Iterator[Record]:
    if is_foreign(row, project):
        return
    # There the highest number ran first, here the lowest does.
    priority = HIGHEST_PRIORITY + 1 - int(number_in(row, "priority", 100))
    kind, config = text_in(row, "rule_type"), object_in(row, "rule_data")
    action = text_in(row, "action")
    if kind == "ai_prompt" and action == "reject":
        action = "flag"  # an AI prompt alone removes nothing
    if kind not in ("keyword", "regex", "ai_prompt"):
        raise LeftOut("has an unknown rule_type")
    yield RuleDraft(
        {
            "name": text_in(row, "name").replace(",", " ").strip()[:100],
            "type": kind,
            "action": action,
            "priority": max(1, priority),
            "config": config,
            "is_active": flag_in(row, "is_active", default=True),
        }
    )


def messages(
    row: Row,
    project: str,
    authors: dict[str, str],
    people: dict[str, str],
    results: dict[str, list[Row]],
) -> Iterator[Record]:
    if is_foreign(row, project):
        return
    id_, status = needed_in(row, "id"), text_in(row, "status")
    judged = results.get(id_, [])
    if text_in(row, "content_type", "text") not in ("text", "markdown", "html"):
        raise LeftOut("is no text")
    if status not in (*VERDICTS, *UNDECIDED):
        raise LeftOut("has an unknown status")
    by_people = [each for each in judged if text_in(each, "moderator_type") == "manual"]
    first = next((each for each in judged if each not in by_people), {})
    decision = text_in(first, "decision", "flagged" if status in UNDECIDED else status)
    verdict, severity = VERDICTS.get(decision, VERDICTS["rejected"])
    metadata = object_in(row, "meta_data")
    author = authors.get(text_in(row, "api_user_id")) or text_in(as_row(metadata), "user_id")
    confidence = number_in(first, "confidence")
    yield Message(
        message_id=id_,
        user_id=author[:200] or NOBODY,
        channel_id=DEFAULT_CHANNEL,
        at=needed_moment(row, "created_at"),
        content=text_in(row, "content_data"),
        verdict=verdict,
        severity=severity,
        # Confidence in the decision; ours is the score for a violation.
        score=max(0.0, 1 - confidence) if verdict == "allow" and first else confidence,
        is_approved=status == "approved",
        reasons=[] if verdict == "allow" else ["other"],
        metadata=as_row(metadata),
        moderator_type="rule" if text_in(first, "moderator_type") == "rule" else "ai",
        rule_name=text_in(as_row(object_in(first, "details")), "rule_name")[:100],
        review=review_of(by_people, people, status),
    )


def as_row(value: Any) -> Row:
    return value if isinstance(value, dict) else {}


def review_of(by_people: list[Row], people: dict[str, str], status: str) -> Review | None:
    """Return the last decision of a person, or the open review of content that waits for one."""
    if by_people:
        last = by_people[-1]
        ruling = RULINGS.get(text_in(last, "decision"), "")
        by = people.get(text_in(last, "moderator_id")) or "moderator"
        return Review(ruling, by, needed_moment(last, "created_at"), text_in(last, "reason"))
    return Review() if status in ("flagged", *UNDECIDED) else None
