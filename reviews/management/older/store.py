"""Store what an older service had, in batches, each of which is stored whole or not at all.

What is there already is left as it is, so an import that was interrupted is simply started again.
Nothing is published: apps and webhooks hear nothing about the past.
"""

import hashlib
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from moderation import rules
from moderation.accounts.audit import write_audit
from moderation.delivery.relay.numbering import fold_tallies
from moderation.events.counters import OPEN_REVIEWS
from moderation.events.stale_hours import mark_stale
from moderation.lib.errors import AlreadyExists, Conflict, Invalid
from moderation.management.base import line_of
from moderation.models import Author, Ban, BanType, ModerationLog, OutboxEvent, Project, Strike
from moderation.pipeline.payloads import counts_of
from moderation.rules.active import policy_of
from moderation.sanctions.bans import SYSTEM
from reviews.management.older.log_rows import decision_of, item_of, log_of
from reviews.management.older.records import (
    Message,
    Note,
    PastBan,
    PastStrike,
    Record,
    RuleDraft,
    Skipped,
    Word,
)
from reviews.models import AuthorNote, Decision, ReviewItem

BATCH = 500
#: The report's name for each kind of record.
KINDS = {
    Word: "words", RuleDraft: "rules", Message: "messages", PastStrike: "strikes",
    PastBan: "bans", Note: "notes",
}  # fmt: skip
#: Charts show minutes of the last day only; counting older messages by the hour is enough.
BY_MINUTE = timedelta(days=2)
Item = TypeVar("Item")


@dataclass
class Done:
    """What became of the rows of one kind."""

    new: int = 0
    #: Stored already, by an earlier import or by Gavel itself.
    known: int = 0
    #: Why rows were left out → how many.
    left_out: Tally[str] = field(default_factory=Tally)


Report = dict[str, Done]


class Importer:
    """Stores the records of one service in one project; a dry run only counts."""

    def __init__(
        self, project: Project, service: str, name: str, *, actor: str, now: datetime, is_dry: bool
    ) -> None:
        self.project, self.service, self.name = project, service, name
        self.actor, self.now, self.is_dry = actor, now, is_dry
        self.report: Report = {kind: Done() for kind in KINDS.values()}
        #: Until all are read: which of an author's bans holds depends on the others.
        self.held_bans: list[PastBan] = []

    def store(self, records: Iterable[Record]) -> Iterator[int]:
        """Store everything; yield the number of rows of each batch that is done."""
        acts: dict[type, Callable[[list[Any]], None]] = {
            Word: self.words, RuleDraft: self.rules, Message: self.messages, Note: self.notes,
            PastStrike: self.strikes, PastBan: self.held_bans.extend, Skipped: self.skip,
        }  # fmt: skip
        for kind, group in groupby(records, type):
            for batch in batches(group):
                acts[kind](batch)
                yield len(batch)
        for settled in batches(self.settled(self.held_bans)):
            self.bans(settled)

    def skip(self, batch: Sequence[Skipped]) -> None:
        for skipped in batch:
            self.report[skipped.kind].left_out[skipped.reason] += 1

    def id_of(self, kind: str, key: str, moment: datetime) -> UUID:
        """Return the same UUID version 7 for the same row in each run."""
        name = f"{self.project.pk}:{self.service}:{kind}:{key}"
        number = int.from_bytes(hashlib.sha256(name.encode(errors="replace")).digest()[:10])
        time = max(0, int(moment.timestamp() * 1000)) << 80
        low, high = number & (1 << 62) - 1, number >> 62 & 0xFFF
        return UUID(int=time | 7 << 76 | high << 64 | 2 << 62 | low)

    def author_name(self, name: str) -> str:
        """Return a person's name as decisions show it: nobody has an account by it here."""
        return f"{name} ({self.name})"[:200]

    # --- What the project's own rules say

    def words(self, batch: Sequence[Word]) -> None:
        act = rules.preview_import if self.is_dry else rules.import_words
        done = self.report["words"]
        for row in act(self.project, self.actor, [word.fields for word in batch]):
            done.new += row.result == "added"
            done.known += row.result == "exists"
            if row.result == "invalid":
                done.left_out[row.detail] += 1

    def rules(self, batch: Sequence[RuleDraft]) -> None:
        done = self.report["rules"]
        known = set(self.project.rules.values_list("name", flat=True))
        for draft in batch:
            if draft.fields["name"] in known:
                done.known += 1
                continue
            try:
                if self.is_dry:
                    rules.draft_rule(draft.fields)
                else:
                    rules.create_rule(self.project, self.actor, draft.fields, self.now)
            except AlreadyExists:
                done.known += 1
            except (Invalid, Conflict) as error:
                done.left_out[line_of(error)] += 1
            else:
                done.new += 1

    # --- Messages

    def messages(self, batch: Sequence[Message]) -> None:
        """Store messages with their reviews and decisions, and count them."""
        ids = [message.message_id for message in batch]
        stored = ModerationLog.objects.filter(project=self.project, message_id__in=ids)
        known = set(stored.values_list("message_id", flat=True))
        fresh = {
            message.message_id: message for message in batch if message.message_id not in known
        }
        done = self.report["messages"]
        done.new += len(fresh)
        done.known += len(batch) - len(fresh)
        if not self.is_dry and fresh:
            self.store_messages(list(fresh.values()))

    @transaction.atomic
    def store_messages(self, batch: Sequence[Message]) -> None:
        policy = policy_of(self.project)
        logs, items, decisions, tallies = [], list[ReviewItem](), list[Decision](), []
        for message in batch:
            pk = self.id_of("message", message.message_id, message.at)
            log = log_of(message, self.project, pk, self.name, policy)
            logs.append(log)
            counts = counts_of(log)
            if message.review:
                item_id = self.id_of("review", message.message_id, message.at)
                item = item_of(message, log, item_id)
                items.append(item)
                if message.review.ruling:
                    at = message.review.at or message.at
                    pk = self.id_of("decision", message.message_id, at)
                    by = self.author_name(message.review.by)
                    decisions.append(decision_of(message, item, pk, by=by, service=self.service))
                else:
                    counts[OPEN_REVIEWS] = 1
            tallies.append(
                OutboxEvent(
                    project=self.project, created_at=self.step(log.created_at), tally=counts
                )
            )
        ModerationLog.objects.bulk_create(logs)
        ReviewItem.objects.bulk_create(items)
        Decision.objects.bulk_create(decisions)
        fold_tallies(tallies)
        moments = [*(log.created_at for log in logs), *(one.decided_at for one in decisions)]
        mark_stale(self.project, moments)

    def step(self, moment: datetime) -> datetime:
        is_recent = self.now - moment < BY_MINUTE
        return moment if is_recent else moment.replace(minute=0)

    # --- Sanctions

    def strikes(self, batch: Sequence[PastStrike]) -> None:
        policy = policy_of(self.project)
        drafts = {}
        for strike in batch:
            where = Author(self.project, strike.user_id, strike.channel_id).in_scope(policy)
            key = f"{strike.user_id}\n{strike.channel_id}\n{strike.number}\n{strike.given_at}"
            drafts[self.id_of("strike", key, strike.given_at)] = (strike, where)
        known = set(Strike.objects.filter(pk__in=drafts).values_list("pk", flat=True))
        logs = self.logs_of(strike.message_id for strike, _ in drafts.values())
        fresh = []
        for pk, (strike, where) in drafts.items():
            log_id = logs.pop(strike.message_id, None)
            if pk not in known:
                fresh.append(
                    Strike(
                        pk=pk,
                        project=self.project,
                        user_id=where.user_id,
                        channel_id=where.channel_id,
                        log_id=log_id,
                        given_by=self.name,
                        given_at=strike.given_at,
                        expires_at=strike.expires_at,
                        ended_at=strike.expires_at if strike.expires_at <= self.now else None,
                    )
                )
        self.count("strikes", len(batch), len(fresh))
        if not self.is_dry:
            mark_stale(
                self.project, [strike.given_at for strike in Strike.objects.bulk_create(fresh)]
            )

    def logs_of(self, message_ids: Iterable[str]) -> dict[str, UUID]:
        """Return the stored messages that brought no strike yet, by message_id."""
        logs = ModerationLog.objects.filter(
            project=self.project, message_id__in=[id_ for id_ in message_ids if id_]
        )
        without = logs.exclude(pk__in=Strike.objects.filter(log__in=logs).values("log"))
        return dict(without.values_list("message_id", "pk"))

    def settled(self, bans: Sequence[PastBan]) -> list[PastBan]:
        """Return the bans without those that say twice the same; the longest of an author first."""
        named = {(ban.user_id, ban.channel_id) for ban in bans if not ban.is_summary}
        wanted = [
            ban for ban in bans if not ban.is_summary or (ban.user_id, ban.channel_id) not in named
        ]
        lasting = [ban for ban in wanted if ban.expires_at is None]
        others = [ban for ban in wanted if ban.expires_at is not None]
        return lasting + sorted(others, key=lambda ban: ban.expires_at or self.now, reverse=True)

    def bans(self, batch: Sequence[PastBan]) -> None:
        drafts = {}
        for past in batch:
            key = f"{past.user_id}\n{past.channel_id}\n{past.issued_at}\n{past.expires_at}"
            drafts[self.id_of("ban", key, past.issued_at)] = past
        known = set(Ban.objects.filter(pk__in=drafts).values_list("pk", flat=True))
        users = {past.user_id for past in batch}
        active = Ban.objects.filter(project=self.project, user_id__in=users, lifted_at=None)
        held = set(active.values_list("user_id", "channel_id"))
        fresh = []
        for pk, past in drafts.items():
            if pk in known:
                continue
            ban = self.ban_of(past, pk)
            where = (past.user_id, past.channel_id)
            if ban.lifted_at is None and where in held:
                ban.lifted_at, ban.lifted_by, ban.lift_reason = self.now, SYSTEM, "replaced"
            elif ban.lifted_at is None:
                held.add(where)
            fresh.append(ban)
        self.count("bans", len(batch), len(fresh))
        if not self.is_dry:
            mark_stale(self.project, [ban.issued_at for ban in Ban.objects.bulk_create(fresh)])

    def ban_of(self, past: PastBan, pk: UUID) -> Ban:
        ban = Ban(
            pk=pk,
            project=self.project,
            user_id=past.user_id,
            channel_id=past.channel_id,
            type=BanType.TEMPORARY if past.expires_at else BanType.PERMANENT,
            reason=past.reason,
            issued_by=self.author_name(past.issued_by) if past.issued_by else self.name,
            issued_at=past.issued_at,
            expires_at=past.expires_at,
        )
        if past.lifted_at:
            ban.lifted_at, ban.lifted_by = past.lifted_at, self.name
            ban.lift_reason = past.lift_reason
        elif past.expires_at and past.expires_at <= self.now:
            ban.lifted_at, ban.lifted_by, ban.lift_reason = past.expires_at, SYSTEM, "expired"
        return ban

    # --- Notes

    def notes(self, batch: Sequence[Note]) -> None:
        users = {note.user_id for note in batch}
        rows = AuthorNote.objects.filter(project=self.project, user_id__in=users)
        known = set(rows.values_list("user_id", "text"))
        fresh = [note for note in batch if (note.user_id, note.text) not in known]
        self.count("notes", len(batch), len(fresh))
        if not self.is_dry:
            AuthorNote.objects.bulk_create(
                AuthorNote(
                    project=self.project,
                    user_id=note.user_id,
                    written_by=self.name,
                    text=note.text,
                    created_at=note.at or self.now,
                )
                for note in fresh
            )

    # --- The report

    def count(self, kind: str, rows: int, fresh: int) -> None:
        self.report[kind].new += fresh
        self.report[kind].known += rows - fresh

    def close(self) -> None:
        """Note in the audit log what was imported."""
        facts = {kind: done.new for kind, done in self.report.items() if done.new}
        if facts and not self.is_dry:
            data = {"service": self.service, **facts}
            write_audit(self.project, self.actor, "data.imported", self.project, data, now=self.now)


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
