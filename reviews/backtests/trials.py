"""What a backtest tries: a rule beside the others, or a policy; each judges one content twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings

from moderation import queries, toxicity
from moderation.engine.classify import classify
from moderation.engine.decide import decide
from moderation.engine.matches import Classification, Match
from moderation.engine.policy import Policy
from moderation.engine.ruleset import Ruleset, with_rules
from moderation.engine.standing import Standing, in_light_of
from moderation.engine.toxicity import Asked
from moderation.engine.verdict import Verdict, VerdictKind
from moderation.models import Project
from moderation.queries import InForce
from moderation.rules import Draft
from moderation.settle import STANDING_FIELDS
from moderation.trial import TRIED
from reviews.models import Ruling

#: Verdicts that bring content before a person, or down.
HELD = frozenset({VerdictKind.FLAG, VerdictKind.BLOCK})
#: The model that answers in a fraction of a millisecond; others are busy with the checks.
QUICK_MODEL = "bundled"


class Content(Protocol):
    """A stored content as a plain row."""

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
class Judged:
    """A content without and with what is tried."""

    before: Verdict
    after: Verdict
    #: Whether it is acted on.
    was_hit: bool
    is_hit: bool
    #: Where; what to mark in an example.
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True)
class Tried:
    judge: Callable[[Content], Judged]
    #: The policies before and after; the same where a rule is tried.
    policies: tuple[Policy, Policy]
    #: The ruling that a hit foretells.
    foretells: str = Ruling.REJECT


def rule_trial(project: Project, draft: Draft, instead_of: str = "") -> Tried:
    """Try a rule as if it were active and no shadow, instead of the stored one with that id."""
    in_force = queries.in_force(project)
    others = [rule.spec for rule in in_force.ruleset.rules if rule.spec.id != instead_of]
    tried = replace(draft.spec(TRIED), shadow=False)
    ruleset = with_rules(in_force.ruleset, [*others, tried])
    policy, asked = in_force.policy, _asked(in_force)

    def judge(content: Content) -> Judged:
        found = _classified(content, ruleset, asked)
        hit = next((hit for hit in found.rule_hits if hit.rule_id == TRIED), None)
        after = decide(found, policy)
        if hit is None:
            return Judged(after, after, was_hit=False, is_hit=False)
        rest = tuple(hit for hit in found.rule_hits if hit.rule_id != TRIED)
        before = decide(replace(found, rule_hits=rest), policy)
        return Judged(before, after, was_hit=False, is_hit=True, matches=hit.matches)

    foretells = Ruling.APPROVE if draft.action == "approve" else Ruling.REJECT
    return Tried(judge, (policy, policy), foretells)


def policy_trial(project: Project, changed: Policy) -> Tried:
    """Try another policy; what was known of each author then counts again, as far as it is kept."""
    in_force = queries.in_force(project)
    now = in_force.policy
    reads_alike = (now.languages, now.phone_regions) == (changed.languages, changed.phone_regions)
    other = replace(
        in_force.ruleset, languages=changed.languages, phone_regions=changed.phone_regions
    )
    asked = _asked(in_force)

    def judge(content: Content) -> Judged:
        found = _classified(content, in_force.ruleset, asked)
        again = found if reads_alike else _classified(content, other, asked)
        before = _in_light(content, in_force, decide(found, now), now)
        after = _in_light(content, in_force, decide(again, changed), changed)
        held = before.kind in HELD, after.kind in HELD
        return Judged(before, after, *held, matches=again.matches)

    return Tried(judge, (now, changed))


def _asked(in_force: InForce) -> Asked | None:
    if settings.TOXICITY_MODEL != QUICK_MODEL:
        return None
    return toxicity.asked(in_force.policy, in_force.model)


def _classified(content: Content, ruleset: Ruleset, asked: Asked | None) -> Classification:
    return classify(
        content.content,
        ruleset,
        user_id=content.user_id,
        language=content.language,
        is_duplicate=bool((content.standing or {}).get("is_duplicate")),
        asked=asked,
    )


def _in_light(content: Content, in_force: InForce, verdict: Verdict, policy: Policy) -> Verdict:
    known = content.standing or {}
    standing = Standing(
        **{name: known[name] for name in STANDING_FIELDS if name in known}
        | {"is_whitelisted": content.user_id in in_force.trusted_authors}
    )
    return in_light_of(standing, verdict, policy)
