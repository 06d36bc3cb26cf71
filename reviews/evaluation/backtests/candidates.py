"""What a backtest tries: a rule among the others, or a policy; each decides content twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import Ruleset, with_rules
from moderation.engine.matches import Classification, Match
from moderation.engine.model.scorer import ScoreRequest
from moderation.engine.verdict.author_record import AuthorRecord, apply_author_record
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.policy import Policy
from moderation.engine.verdict.verdict import Verdict, VerdictKind
from moderation.models import Project
from moderation.pipeline.author_history import RECORD_FIELDS
from moderation.pipeline.what_if import TRIED
from moderation.rules import Draft, scorer
from moderation.rules.active import active_ruleset
from moderation.rules.compile import ActiveRuleset
from reviews.models import DecisionKind

#: Verdicts that send content to a moderator or hide it.
HELD = frozenset({VerdictKind.FLAG, VerdictKind.BLOCK})
#: The model that answers in a fraction of a millisecond; slower ones are busy with checks.
QUICK_MODEL = "bundled"


class Content(Protocol):
    """Stored content as a plain row."""

    @property
    def pk(self) -> UUID: ...
    @property
    def content(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def standing(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True)
class Comparison:
    """The verdicts on content without and with the candidate."""

    before: Verdict
    after: Verdict
    #: Whether the verdict acts on the content.
    was_hit: bool
    is_hit: bool
    #: What to mark in an example.
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True)
class Candidate:
    compare: Callable[[Content], Comparison]
    #: The policies before and after; the same for a rule.
    policies: tuple[Policy, Policy]
    #: The decision that a hit predicts.
    expected_decision: str = DecisionKind.REJECT


def rule_candidate(project: Project, draft: Draft, instead_of: str = "") -> Candidate:
    """Try a rule as if it were active, in place of the stored rule with this id."""
    active = active_ruleset(project)
    others = [rule.spec for rule in active.compiled.rules if rule.spec.id != instead_of]
    rule = replace(draft.spec(TRIED), shadow=False)
    ruleset = with_rules(active.compiled, [*others, rule])
    policy, request = active.policy, _score_request(active)

    def compare(content: Content) -> Comparison:
        classification = _classify(content, ruleset, request)
        hit = next((hit for hit in classification.rule_hits if hit.rule_id == TRIED), None)
        after = decide(classification, policy)
        if hit is None:
            return Comparison(after, after, was_hit=False, is_hit=False)
        rest = tuple(hit for hit in classification.rule_hits if hit.rule_id != TRIED)
        before = decide(replace(classification, rule_hits=rest), policy)
        return Comparison(before, after, was_hit=False, is_hit=True, matches=hit.matches)

    expected = DecisionKind.APPROVE if draft.action == "approve" else DecisionKind.REJECT
    return Candidate(compare, (policy, policy), expected)


def policy_candidate(project: Project, changed: Policy) -> Candidate:
    """Try another policy, with the author record of that time as far as it is stored."""
    active = active_ruleset(project)
    now = active.policy
    reads_alike = (now.languages, now.phone_regions) == (changed.languages, changed.phone_regions)
    other = replace(
        active.compiled, languages=changed.languages, phone_regions=changed.phone_regions
    )
    request = _score_request(active)

    def compare(content: Content) -> Comparison:
        first = _classify(content, active.compiled, request)
        second = first if reads_alike else _classify(content, other, request)
        stored = content.standing or {}
        record = AuthorRecord(
            **{name: stored[name] for name in RECORD_FIELDS if name in stored}
            | {"is_whitelisted": content.user_id in active.trusted_authors}
        )
        before = apply_author_record(record, decide(first, now), now)
        after = apply_author_record(record, decide(second, changed), changed)
        was_hit, is_hit = before.kind in HELD, after.kind in HELD
        return Comparison(before, after, was_hit, is_hit, matches=second.matches)

    return Candidate(compare, (now, changed))


def _score_request(active: ActiveRuleset) -> ScoreRequest | None:
    if settings.TOXICITY_MODEL != QUICK_MODEL:
        return None
    return scorer.score_request(active.policy, active.model)


def _classify(content: Content, ruleset: Ruleset, request: ScoreRequest | None) -> Classification:
    return classify(
        content.content,
        ruleset,
        user_id=content.user_id,
        language=content.language,
        is_duplicate=bool((content.standing or {}).get("is_duplicate")),
        score_request=request,
    )
