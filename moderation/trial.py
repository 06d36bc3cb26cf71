"""Try a text: its verdict, and what would make it another one. Nothing is stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from moderation import pipeline, queries, toxicity
from moderation.engine.classify import classify
from moderation.engine.decide import decide
from moderation.engine.matches import Classification, RuleHit
from moderation.engine.policy import PRESETS, Policy
from moderation.engine.ruleset import with_rules
from moderation.engine.standing import Standing, in_light_of
from moderation.engine.verdict import Verdict, VerdictKind
from moderation.models import Project
from moderation.quotes import match_row, pii_row
from moderation.rules import Draft
from moderation.settle import Judgement
from moderation.wording import sentence

#: A rule that is tried need not be stored.
TRIED = "draft"

#: Found words that are left out one by one, to see what the verdict hangs on.
MOST_WORDS = 8
#: What an author without strikes reads, by verdict.
SENTENCE_KEYS = {
    VerdictKind.ALLOW: "approved",
    VerdictKind.WARN: "advised",
    VerdictKind.FLAG: "flagged",
    VerdictKind.BLOCK: "blocked",
}


@dataclass(frozen=True)
class Change:
    """Something that would make another verdict of the text."""

    #: In words, e.g. "without “idiota”".
    what: str
    verdict: Verdict


@dataclass(frozen=True)
class Trial:
    text: str
    judgement: Judgement
    verdict: Verdict
    policy: Policy
    changes: list[Change]
    author_reads: str

    @property
    def classification(self) -> Classification:
        return self.judgement.classification

    # What a text needs to be shown with its marks.

    @property
    def content(self) -> str:
        return self.text

    @property
    def matches(self) -> list[dict[str, object]]:
        return [match_row(match) for match in self.classification.matches]

    @property
    def pii(self) -> list[dict[str, object]]:
        return [pii_row(found) for found in self.classification.pii]

    @property
    def severity(self) -> str:
        return str(self.verdict.severity)


def try_text(
    project: Project, text: str, *, preset: str = "", has_history: bool = False, language: str = ""
) -> Trial:
    """Judge a text as an author's message; preset "" is the policy in force.

    has_history: by an author with as many violations as the policy needs for a repeat offender.
    """
    in_force = queries.in_force(project)
    policy = PRESETS.get(preset, in_force.policy)
    in_force = replace(in_force, policy=policy)
    judgement = pipeline.analyze(text, in_force, language or None)
    standing = Standing(recent_violations=policy.repeat_offender.violations * has_history)
    verdict = in_light_of(standing, judgement.verdict, policy)
    changes = [
        change
        for change in _possible_changes(text, judgement, standing)
        if change.verdict.kind is not verdict.kind
    ]
    return Trial(text, judgement, verdict, policy, changes, _author_reads(verdict, judgement))


def _possible_changes(text: str, judgement: Judgement, standing: Standing) -> Iterator[Change]:
    found, policy = judgement.classification, judgement.policy
    for word in found.detected_words[:MOST_WORDS]:
        spans = [(hit.start, hit.end) for hit in found.matches if hit.word == word]
        yield Change(f"without “{word}”", _verdict_without(text, spans, judgement))
    if found.pii:
        spans = [(hit.start, hit.end) for hit in found.pii]
        yield Change("without the personal data", _verdict_without(text, spans, judgement))
    for name, preset in PRESETS.items():
        if preset != policy:
            yield Change(f"under the preset {name}", decide(found, preset))
    if not standing.recent_violations:
        repeated = Standing(recent_violations=policy.repeat_offender.violations)
        hours = policy.repeat_offender.hours
        what = f"after {policy.repeat_offender.violations} violations in {hours} h"
        yield Change(what, in_light_of(repeated, judgement.verdict, policy))
    else:
        yield Change("by an author without history", judgement.verdict)


def _verdict_without(text: str, spans: list[tuple[int, int]], judgement: Judgement) -> Verdict:
    """Judge the text again without these parts of it."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return pipeline.analyze(text, judgement.in_force, judgement.classification.language).verdict


def _author_reads(verdict: Verdict, judgement: Judgement) -> str:
    """Return the sentence for an author who has no strikes yet."""
    policy, language = judgement.policy, judgement.classification.language
    if verdict.may_strike and verdict.kind in policy.strike_verdicts:
        return sentence("strike", language, strikes=1, limit=policy.strikes_for_temp_ban)
    return sentence(SENTENCE_KEYS[verdict.kind], language)


# --- A rule


@dataclass(frozen=True)
class RuleTrial:
    """A text as a rule would see it; it is shown with the rule's own marks alone."""

    content: str
    hit: RuleHit | None
    verdict: Verdict
    #: What it is without the rule.
    verdict_without: Verdict
    pii: tuple[()] = ()

    @property
    def matches(self) -> list[dict[str, object]]:
        return [match_row(match) for match in self.hit.matches] if self.hit else []

    @property
    def severity(self) -> str:
        return str(self.verdict.severity)

    @property
    def changes_verdict(self) -> bool:
        return self.verdict.kind is not self.verdict_without.kind


def try_rule(
    project: Project, draft: Draft, texts: Iterable[str], *, instead_of: str = ""
) -> list[RuleTrial]:
    """Judge texts with the rule beside the others, as if it were active and no shadow.

    instead_of: the id of the stored rule that it would replace. The texts of a rule about users
    are user ids.
    """
    in_force = queries.in_force(project)
    others = [rule.spec for rule in in_force.ruleset.rules if rule.spec.id != instead_of]
    tried = replace(draft.spec(TRIED), shadow=False)
    ruleset = with_rules(in_force.ruleset, [*others, tried])
    policy, asked = in_force.policy, toxicity.asked(in_force.policy, in_force.model)
    return [
        _rule_trial(text, classify(text, ruleset, user_id=text, asked=asked), policy)
        for text in texts
    ]


def _rule_trial(text: str, found: Classification, policy: Policy) -> RuleTrial:
    hit = next((hit for hit in found.rule_hits if hit.rule_id == TRIED), None)
    others = tuple(hit for hit in found.rule_hits if hit.rule_id != TRIED)
    without = decide(replace(found, rule_hits=others), policy)
    return RuleTrial(text, hit, decide(found, policy), without)
