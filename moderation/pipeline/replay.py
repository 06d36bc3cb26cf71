"""Judge stored content again, under the ruleset and policy that were active at the time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from moderation.engine.classify import classify
from moderation.engine.verdict.author_record import AuthorRecord, apply_author_record
from moderation.engine.verdict.decide import MODEL_PART, decide
from moderation.engine.verdict.verdict import Verdict
from moderation.lib.errors import NotFound
from moderation.models import ContentType, ModerationLog
from moderation.pipeline.author_history import RECORD_FIELDS
from moderation.pipeline.submission import hash_of
from moderation.rules.history import RulesetHistory
from moderation.rules.scorer import score_request

SCORE_TOLERANCE = 1e-6
#: More violations than any policy asks for.
MANY = 1_000_000


@dataclass(frozen=True)
class Replay:
    """A stored verdict compared with the one that the same content gets again."""

    log: ModerationLog
    #: None if the content could not be judged again; `notes` then say why.
    verdict: Verdict | None = None
    #: Field → its stored value and its value now, where they differ.
    differences: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    #: What limits the comparison, in sentences.
    notes: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        return self.verdict is not None and not self.differences


def replay(log: ModerationLog) -> Replay:
    """Judge the latest revision of one message again; store nothing."""
    return next(replay_all([log]))


def replay_all(logs: Iterable[ModerationLog]) -> Iterator[Replay]:
    """Judge messages of one project again, the latest ruleset first."""
    history: RulesetHistory | None = None
    for log in sorted(logs, key=lambda log: -log.ruleset_version):
        history = history or RulesetHistory(log.project)
        try:
            verdict = _judge_again(log, history)
        except NotFound as error:
            yield Replay(log, notes=(error.detail,))
            continue
        pairs: dict[str, tuple[Any, Any]] = {
            "verdict": (log.verdict, str(verdict.kind)),
            "severity": (log.severity, str(verdict.severity)),
            "reasons": (list(log.reasons), list(verdict.reasons)),
            "rule_name": (log.rule_name, verdict.rule_name),
        }
        if abs(log.score - verdict.score) > SCORE_TOLERANCE:
            pairs["score"] = (log.score, verdict.score)
        differences = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        yield Replay(log, verdict, differences, tuple(_notes(log)))


def _judge_again(log: ModerationLog, history: RulesetHistory) -> Verdict:
    """Raises NotFound if the content or something that judged it is no longer available."""
    is_image = log.content_type == ContentType.IMAGE
    is_kept = hasattr(log, "picture") if is_image else hash_of(log.content) == log.content_hash
    if not is_kept:
        raise NotFound("The text was not stored as it was sent, so it cannot be judged again.")
    failed = sorted(set(log.degraded) - {MODEL_PART})
    if failed:
        raise NotFound(f"Parts of the engine failed at that time: {', '.join(failed)}.")
    ruleset = history.ruleset_at(
        log.ruleset_version,
        log.policy_version,
        log.judged_at,
        model_version=log.model_version,
    )
    record: Mapping[str, Any] | None = log.standing
    if record is None:
        # Older logs store no record: their result shows what it must have been.
        record = {
            "is_banned": log.action in {"user_banned", "muted"},
            "recent_violations": MANY * ("repeat_offender" in log.reasons),
            "burst_violations": MANY * ("flood" in log.reasons),
            "is_duplicate": "duplicate" in log.detected_words,
        }
    had_model = MODEL_PART not in log.degraded
    finding = classify(
        log.content,
        ruleset.compiled,
        user_id=log.user_id,
        language=log.language,
        is_duplicate=bool(record.get("is_duplicate")),
        score_request=score_request(ruleset.policy, ruleset.model) if had_model else None,
    )
    author_record = AuthorRecord(
        **{name: record[name] for name in RECORD_FIELDS if name in record}
        | {"is_whitelisted": log.user_id in ruleset.trusted_authors}
    )
    return apply_author_record(author_record, decide(finding, ruleset.policy), ruleset.policy)


def _notes(log: ModerationLog) -> Iterator[str]:
    if log.engine_version != settings.ENGINE_VERSION:
        yield f"Judged by engine {log.engine_version} then, {settings.ENGINE_VERSION} now."
    if log.model_version:
        yield f"The project's model {log.model_version} judged it both times."
    if log.standing is None:
        yield "The author's record was not stored at that time; it is inferred from the reasons."
