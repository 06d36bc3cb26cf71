"""An older service's message as the rows of a log, its review and the decision on it."""

from uuid import UUID

from moderation.engine.verdict.policy import Policy
from moderation.models import ModerationLog, Project, Status
from moderation.pipeline.log import ACTIONS
from moderation.pipeline.submission import MAX_CONTENT_LENGTH, copy_hash_of, hash_of
from reviews.decisions.effects import DecisionEffects, log_fields
from reviews.management.older.records import Message
from reviews.models import Decision, DecisionKind, ReviewItem, ReviewSource, ReviewStatus
from reviews.queue.items import priority_of

#: Neither was judged by this engine, nor under a policy of this project.
NO_VERSION = 0
#: Of PostgreSQL's JSON and texts.
NUL = "\0"


def log_of(
    message: Message, project: Project, pk: UUID, name: str, policy: Policy
) -> ModerationLog:
    """Return the log; its text is stored only where the policy stores texts in full.

    name: the service's, which takes the moderator's place.
    """
    content = message.content.replace(NUL, "")[:MAX_CONTENT_LENGTH]
    is_stored = policy.storage == "full"
    text_hash = message.content_hash or hash_of(message.content)
    log = ModerationLog(
        pk=pk,
        project=project,
        message_id=message.message_id,
        user_id=message.user_id,
        channel_id=message.channel_id,
        username=message.username[:200],
        content=content if is_stored else "",
        content_hash=text_hash,
        copy_hash=copy_hash_of(content) if content else text_hash[:32],
        detected_words=list(message.words) if is_stored else [],
        metadata=dict(message.metadata) if is_stored else {},
        verdict=message.verdict,
        severity=message.severity,
        score=min(1.0, max(0.0, message.score)),
        reasons=list(dict.fromkeys(message.reasons)),
        categories=dict(message.categories),
        stage="rules" if message.moderator_type == "rule" else "model",
        action=message.action or ACTIONS[message.verdict],  # type: ignore[index]
        moderator_type=message.moderator_type,
        moderator_name=name,
        rule_name=message.rule_name or None,
        language="",
        policy_version=NO_VERSION,
        ruleset_version=NO_VERSION,
        engine_version=name,
        processing_seconds=0.0,
        message="",
        is_approved=message.is_approved,
        is_violation=message.verdict != "allow",
        status=status_of(message),
        created_at=message.at,
        judged_at=message.at,
    )
    if message.review and message.review.ruling:
        decide(log, message)
    return log


def status_of(message: Message) -> Status:
    """Return the status before anybody decided."""
    if message.review and not message.review.ruling and message.verdict != "block":
        return Status.FLAGGED
    is_hidden = message.verdict == "block" or not message.is_approved
    return Status.REJECTED if is_hidden else Status.APPROVED


def decide(log: ModerationLog, message: Message) -> None:
    """Give the log what a person's decision makes of it; the verdict stays."""
    assert message.review is not None
    is_rejected = message.review.ruling == DecisionKind.REJECT
    log.status = Status.REJECTED if is_rejected else Status.APPROVED
    log.is_approved, log.is_violation = not is_rejected, is_rejected
    log.stage, log.moderator_type = "human-review", "manual"
    log.moderator_name = message.review.by[:100]
    log.changed_at = message.review.at


def item_of(message: Message, log: ModerationLog, pk: UUID) -> ReviewItem:
    assert message.review is not None
    is_open = not message.review.ruling
    return ReviewItem(
        pk=pk,
        project=log.project,
        log=log,
        status=ReviewStatus.OPEN if is_open else ReviewStatus.DECIDED,
        source=ReviewSource.ENGINE,
        priority=priority_of(log, 0, message.at),
        created_at=message.at,
        decided_at=None if is_open else message.review.at or message.at,
    )


def decision_of(message: Message, item: ReviewItem, pk: UUID, *, by: str, service: str) -> Decision:
    """Return the decision on an item; an undo gives the log back what the service had said."""
    assert message.review is not None
    before = ModerationLog(
        status=status_of(message),
        is_approved=message.is_approved,
        is_violation=message.verdict != "allow",
        stage="rules" if message.moderator_type == "rule" else "model",
        moderator_type=message.moderator_type,
        moderator_name=item.log.engine_version,
    )
    effects: DecisionEffects = {
        "log": log_fields(before),
        "revision": 1,
        "item": {"source": item.source, "escalated": False},
        "strikes_given": [],
        "strikes_revoked": [],
        "bans_issued": [],
        "bans_lifted": [],
    }
    return Decision(
        pk=pk,
        project=item.project,
        review=item,
        ruling=message.review.ruling,
        note=message.review.note.replace(NUL, "")[:2000],
        decided_by=by,
        decider=f"import:{service}",
        effects=effects,
        decided_at=message.review.at or message.at,
    )
