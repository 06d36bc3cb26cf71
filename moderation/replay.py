"""Judge stored content again, under the ruleset and the policy of its day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from moderation import toxicity
from moderation.engine.classify import classify
from moderation.engine.decide import MODEL_PART, decide
from moderation.engine.standing import Standing, in_light_of
from moderation.engine.verdict import Verdict
from moderation.errors import NotFound
from moderation.ingest import hash_of
from moderation.models import ModerationLog
from moderation.queries import InForce, Past
from moderation.settle import STANDING_FIELDS

SCORE_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Replay:
    """What became of a stored verdict when its content was judged again."""

    log: ModerationLog
    #: None where it could not be judged again; `notes` then say why.
    verdict: Verdict | None = None
    #: Field → what was stored and what it is now, where they differ.
    differences: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    #: What the comparison hangs on, in sentences.
    notes: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        return self.verdict is not None and not self.differences


def replay(log: ModerationLog) -> Replay:
    """Judge one content again, its latest revision; nothing is stored."""
    return next(replay_all([log]))


def replay_all(logs: Iterable[ModerationLog]) -> Iterator[Replay]:
    """Judge contents of one project again, the latest ruleset first."""
    past: Past | None = None
    for log in sorted(logs, key=lambda log: -log.ruleset_version):
        past = past or Past(log.project)
        try:
            yield _replayed(log, past)
        except NotFound as error:
            yield Replay(log, notes=(error.detail,))


def _replayed(log: ModerationLog, past: Past) -> Replay:
    if hash_of(log.content) != log.content_hash:
        raise NotFound("The content was not kept as it was sent, so it cannot be judged again.")
    lost = sorted(set(log.degraded) - {MODEL_PART})
    if lost:
        raise NotFound(f"Parts of the engine had failed that day: {', '.join(lost)}.")
    in_force = past.in_force(
        log.ruleset_version,
        log.policy_version,
        log.judged_at,
        model_version=log.model_version,
    )
    verdict = _judged(log, in_force)
    return Replay(log, verdict, _differences(log, verdict), tuple(_notes(log)))


def _judged(log: ModerationLog, in_force: InForce) -> Verdict:
    had_model = MODEL_PART not in log.degraded
    known = _known_standing(log)
    classification = classify(
        log.content,
        in_force.ruleset,
        user_id=log.user_id,
        language=log.language,
        is_duplicate=bool(known.get("is_duplicate")),
        asked=toxicity.asked(in_force.policy, in_force.model) if had_model else None,
    )
    standing = Standing(
        **{name: known[name] for name in STANDING_FIELDS if name in known}
        | {"is_whitelisted": log.user_id in in_force.trusted_authors}
    )
    return in_light_of(standing, decide(classification, in_force.policy), in_force.policy)


def _known_standing(log: ModerationLog) -> Mapping[str, Any]:
    """Return what was known of the author; for content of before it was kept, what it led to."""
    if log.standing is not None:
        known: Mapping[str, Any] = log.standing
        return known
    many = 1_000_000
    return {
        "is_banned": log.action == "user_banned",
        "recent_violations": many * ("repeat_offender" in log.reasons),
        "burst_violations": many * ("flood" in log.reasons),
        "is_duplicate": "duplicate" in log.detected_words,
    }


def _differences(log: ModerationLog, verdict: Verdict) -> dict[str, tuple[Any, Any]]:
    pairs: dict[str, tuple[Any, Any]] = {
        "verdict": (log.verdict, str(verdict.kind)),
        "severity": (log.severity, str(verdict.severity)),
        "reasons": (list(log.reasons), list(verdict.reasons)),
        "rule_name": (log.rule_name, verdict.rule_name),
    }
    if abs(log.score - verdict.score) > SCORE_TOLERANCE:
        pairs["score"] = (log.score, verdict.score)
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _notes(log: ModerationLog) -> Iterator[str]:
    if log.engine_version != settings.ENGINE_VERSION:
        yield f"Engine {log.engine_version} judged it then, {settings.ENGINE_VERSION} now."
    if log.model_version:
        yield f"The project's model {log.model_version} judged it then, and again now."
    if log.standing is None:
        yield "The author's history of that day was not kept; what the reasons tell of it counts."
