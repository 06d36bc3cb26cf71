"""Try a text: its verdict, and what would change that verdict. Nothing is stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import with_rules
from moderation.engine.matches import Classification, RuleHit
from moderation.engine.verdict.author_record import AuthorRecord, apply_author_record
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.policy import PRESETS, Policy
from moderation.engine.verdict.verdict import Verdict, VerdictKind
from moderation.models import Project
from moderation.pipeline.author_messages import sentence, strike_key
from moderation.pipeline.excerpts import match_row, pii_row
from moderation.pipeline.moderate import analyze
from moderation.pipeline.outcome import Judgement
from moderation.pipeline.shapes import MatchRow, PersonalRow
from moderation.rules import Draft
from moderation.rules.active import active_ruleset
from moderation.rules.scorer import score_request

#: The id of the rule that is tried, which may not be stored.
TRIED = "draft"

#: Up to so many detected words are left out, one by one, to see whether the verdict changes.
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
    """Something that would change the text's verdict."""

    #: In words, e.g. "without “idiota”".
    what: str
    verdict: Verdict


@dataclass(frozen=True)
class WhatIf:
    text: str
    judgement: Judgement
    verdict: Verdict
    policy: Policy
    changes: list[Change]
    author_reads: str

    @property
    def classification(self) -> Classification:
        return self.judgement.classification

    # With the following it can be shown with highlighted matches, as a log.

    @property
    def content(self) -> str:
        return self.text

    @property
    def matches(self) -> list[MatchRow]:
        return [match_row(match) for match in self.classification.matches]

    @property
    def pii(self) -> list[PersonalRow]:
        return [pii_row(item) for item in self.classification.pii]

    @property
    def severity(self) -> str:
        return str(self.verdict.severity)


def try_text(
    project: Project, text: str, *, preset: str = "", has_history: bool = False, language: str = ""
) -> WhatIf:
    """Judge a text as an author's message; preset "" means the active policy.

    has_history: the author has as many violations as make a repeat offender.
    """
    active = active_ruleset(project)
    policy = PRESETS.get(preset, active.policy)
    judgement = analyze(text, replace(active, policy=policy), language or None)
    record = AuthorRecord(recent_violations=policy.repeat_offender.violations * has_history)
    verdict = apply_author_record(record, judgement.verdict, policy)
    changes = [
        change
        for change in _possible_changes(text, judgement, has_history=has_history)
        if change.verdict.kind is not verdict.kind
    ]
    spoken = judgement.classification.language
    if verdict.may_strike and verdict.kind in policy.strike_verdicts:
        key, values = strike_key(1, policy)
        author_reads = sentence(key, spoken, **values)
    else:
        author_reads = sentence(SENTENCE_KEYS[verdict.kind], spoken)
    return WhatIf(text, judgement, verdict, policy, changes, author_reads)


def _possible_changes(text: str, judgement: Judgement, *, has_history: bool) -> Iterator[Change]:
    finding, policy = judgement.classification, judgement.policy
    for word in finding.detected_words[:MOST_WORDS]:
        spans = [(match.start, match.end) for match in finding.matches if match.word == word]
        yield Change(f"without “{word}”", _verdict_without(text, spans, judgement))
    if finding.pii:
        spans = [(item.start, item.end) for item in finding.pii]
        yield Change("without the personal data", _verdict_without(text, spans, judgement))
    for name, preset in PRESETS.items():
        if preset != policy:
            yield Change(f"under the preset {name}", decide(finding, preset))
    if has_history:
        yield Change("by an author without history", judgement.verdict)
    else:
        limit = policy.repeat_offender
        record = AuthorRecord(recent_violations=limit.violations)
        yield Change(
            f"after {limit.violations} violations in {limit.hours} h",
            apply_author_record(record, judgement.verdict, policy),
        )


def _verdict_without(text: str, spans: list[tuple[int, int]], judgement: Judgement) -> Verdict:
    """Judge the text again without these parts."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return analyze(text, judgement.ruleset, judgement.classification.language).verdict


# --- A rule


@dataclass(frozen=True)
class RuleWhatIf:
    """What a rule would do to a text; only the rule's own matches are highlighted."""

    content: str
    hit: RuleHit | None
    verdict: Verdict
    #: The verdict without the rule.
    verdict_without: Verdict
    pii: tuple[()] = ()

    @property
    def matches(self) -> list[MatchRow]:
        return [match_row(match) for match in self.hit.matches] if self.hit else []

    @property
    def severity(self) -> str:
        return str(self.verdict.severity)

    @property
    def changes_verdict(self) -> bool:
        return self.verdict.kind is not self.verdict_without.kind


def try_rule(
    project: Project, draft: Draft, texts: Iterable[str], *, instead_of: str = ""
) -> list[RuleWhatIf]:
    """Judge texts with the rule next to the others, as if it were active and not in shadow.

    texts: user ids if the rule is about users. instead_of: the id of the stored rule that the
    draft replaces.
    """
    active = active_ruleset(project)
    stored = [rule.spec for rule in active.compiled.rules if rule.spec.id != instead_of]
    tried = replace(draft.spec(TRIED), shadow=False)
    ruleset = with_rules(active.compiled, [*stored, tried])
    request = score_request(active.policy, active.model)
    results = []
    for text in texts:
        finding = classify(text, ruleset, user_id=text, score_request=request)
        hit = next((hit for hit in finding.rule_hits if hit.rule_id == TRIED), None)
        others = tuple(hit for hit in finding.rule_hits if hit.rule_id != TRIED)
        without = decide(replace(finding, rule_hits=others), active.policy)
        results.append(RuleWhatIf(text, hit, decide(finding, active.policy), without))
    return results
