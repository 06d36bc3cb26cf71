"""What is in force in a project: its compiled ruleset, policy and trusted authors, per process."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from moderation.engine.matches import Category
from moderation.engine.policy import PRESETS, Policy, policy_from_dict
from moderation.engine.ruleset import BlacklistEntry, Ruleset, RuleSpec, build_ruleset
from moderation.models import (
    BlacklistWord,
    PolicyVersion,
    Project,
    Rule,
    WhitelistedPhrase,
    WhitelistedUser,
)

#: A change acts in every process within 1 s (CONTRACT section 3), so look twice as often.
LOOK_SECONDS = 0.5
#: CONTRACT section 5: what a blacklist word scores unless it names its own score.
WORD_SCORES = {"low": 0.6, "medium": 0.75, "high": 0.9}


@dataclass(frozen=True)
class InForce:
    version: int
    ruleset: Ruleset
    policy: Policy
    policy_version: int
    trusted_authors: frozenset[str]
    #: When the first of its words expires; None means never.
    until: datetime | None


_cached: dict[int, tuple[float, InForce]] = {}
_building = threading.Lock()


def in_force(project: Project) -> InForce:
    """Return the ruleset and policy that judge this project's next message."""
    cached = _cached.get(project.pk)
    if cached and time.monotonic() - cached[0] < LOOK_SECONDS and _still_valid(cached[1]):
        return cached[1]
    with _building:
        return _look(project)


def policy_of(project: Project) -> Policy:
    return in_force(project).policy


def forget_in_force(project: Project) -> None:
    """Make this process look again at once, after a change made here."""
    _cached.pop(project.pk, None)


def _look(project: Project) -> InForce:
    looked_at = time.monotonic()
    version = Project.objects.values_list("ruleset_version", flat=True).get(pk=project.pk)
    cached = _cached.get(project.pk)
    if cached and cached[1].version == version and _still_valid(cached[1]):
        current = cached[1]
    else:
        current = _build(Project.objects.get(pk=project.pk))
    _cached[project.pk] = (looked_at, current)
    return current


def _still_valid(current: InForce) -> bool:
    return current.until is None or timezone.now() < current.until


def _build(project: Project) -> InForce:
    words = list(BlacklistWord.objects.filter(project=project).in_force(timezone.now()))
    policy = stored_policy(project)
    trusted = WhitelistedUser.objects.filter(project=project).values_list("user_id", flat=True)
    return InForce(
        version=project.ruleset_version,
        ruleset=_compile(project, words, policy),
        policy=policy,
        policy_version=project.policy_version,
        trusted_authors=frozenset(trusted),
        until=min((word.expires_at for word in words if word.expires_at), default=None),
    )


def stored_policy(project: Project) -> Policy:
    """Return the project's newest policy version; the balanced preset where there is none."""
    stored = PolicyVersion.objects.filter(project=project, number=project.policy_version).first()
    return policy_from_dict(stored.data) if stored else PRESETS["balanced"]


def _compile(project: Project, words: list[BlacklistWord], policy: Policy) -> Ruleset:
    phrases = WhitelistedPhrase.objects.filter(project=project)
    return build_ruleset(
        blacklist=[entry_of(word) for word in words],
        whitelisted_phrases=list(phrases.values_list("phrase", flat=True)),
        rules=[spec_of(rule) for rule in Rule.objects.filter(project=project, is_active=True)],
        languages=policy.languages,
        phone_regions=policy.phone_regions,
        version=project.ruleset_version,
    )


def entry_of(word: BlacklistWord) -> BlacklistEntry:
    return BlacklistEntry(
        id=str(word.pk),
        word=word.word,
        category=Category(word.category),
        score=WORD_SCORES[word.severity] if word.score is None else word.score,
        is_regex=word.is_regex,
        language=word.language,
    )


def spec_of(rule: Rule) -> RuleSpec:
    return RuleSpec(
        id=str(rule.pk),
        name=rule.name,
        type=rule.type,
        action=rule.action,
        priority=rule.priority,
        config=rule.config,
        shadow=rule.shadow,
    )
