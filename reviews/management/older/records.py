"""What the older services stored, in words that fit all four."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moderation.lib.errors import Invalid
from reviews.management.older.source import LeftOut, Row, Source

#: The channel of messages whose service knew none.
DEFAULT_CHANNEL = "default"


@dataclass(frozen=True)
class Word:
    """A row of the blacklist: the fields of `rules.import_words`."""

    fields: Mapping[str, Any]


@dataclass(frozen=True)
class RuleDraft:
    """A rule: the fields of `rules.create_rule`."""

    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Review:
    """A person's decision, or, without `ruling`, the wait for one."""

    #: approve, reject, or "" while the review is open.
    ruling: str = ""
    by: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Message:
    message_id: str
    user_id: str
    channel_id: str
    at: datetime
    #: allow, warn, flag or block.
    verdict: str
    #: none, low, medium or high.
    severity: str
    score: float
    #: Whether the service let it be shown.
    is_approved: bool
    content: str = ""
    #: SHA-256 of a text that the service did not store.
    content_hash: str = ""
    reasons: Sequence[str] = ()
    words: Sequence[str] = ()
    categories: Mapping[str, float] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    username: str = ""
    #: ai or rule.
    moderator_type: str = "ai"
    rule_name: str = ""
    review: Review | None = None
    #: The action that docs/verdicts.md names; "" for the one that fits the verdict.
    action: str = ""


@dataclass(frozen=True)
class PastBan:
    user_id: str
    #: "" for the whole project.
    channel_id: str
    issued_at: datetime
    reason: str
    issued_by: str = ""
    #: None: permanent.
    expires_at: datetime | None = None
    #: None: not lifted.
    lifted_at: datetime | None = None
    lift_reason: str = ""
    #: Whether it only counts if no other row has this ban.
    is_summary: bool = False


@dataclass(frozen=True)
class PastStrike:
    user_id: str
    channel_id: str
    given_at: datetime
    expires_at: datetime
    #: Which of the author's strikes it is, and the message that brought it ("": unknown).
    number: int
    message_id: str = ""


@dataclass(frozen=True)
class Note:
    """What has no place of its own, for moderators to read at the author's page."""

    user_id: str
    text: str
    #: None: when is unknown.
    at: datetime | None


@dataclass(frozen=True)
class Skipped:
    """A row that is not imported, and why."""

    kind: str
    reason: str


Record = Word | RuleDraft | Message | PastBan | PastStrike | Note | Skipped
Translate = Callable[[Row], Iterator[Record]]


def translated(source: Source, table: str, kind: str, translate: Translate) -> Iterator[Record]:
    """Yield what a table's rows say; a row that cannot be read says why. Nothing if it is missing.

    kind: what the rows are, in the report.
    """
    for row in source.rows(table) if table in source.names() else ():
        try:
            yield from translate(row)
        except LeftOut as error:
            yield Skipped(kind, str(error))


def refuse_part(only: str, name: str) -> None:
    """Raise Invalid if a part of a service was named that has no parts."""
    if only:
        raise Invalid("only", f"the data of {name} has no parts")
