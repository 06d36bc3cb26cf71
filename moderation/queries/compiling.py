"""Compile what a project judges by from what is stored: words, phrases, rules, policy."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from moderation.engine.matches import Category
from moderation.engine.policy import PRESETS, Policy, policy_from_dict
from moderation.engine.project_model import ProjectModel
from moderation.engine.ruleset import (
    Blacklist,
    BlacklistEntry,
    Ruleset,
    RuleSpec,
    amended,
    build_ruleset,
)
from moderation.models import (
    BlacklistWord,
    PolicyVersion,
    Project,
    Rule,
    WhitelistedPhrase,
    WhitelistedUser,
)
from moderation.queries.own_models import OwnModels, own_models

#: CONTRACT section 5: what a blacklist word scores unless it names its own score.
WORD_SCORES = {"low": 0.6, "medium": 0.75, "high": 0.9}
#: Changes of so many words are laid over a compiled list; for more it is compiled anew.
MOST_CHANGES = 2_000
#: Clocks differ, and a change is stored a while after its time was taken. What this misses is
#: found when the whole list is compiled, which every change brings about.
OVERLAP = timedelta(seconds=5)
WORD_FIELDS = (
    "pk", "word", "category", "severity", "score", "is_regex", "language", "expires_at",
)  # fmt: skip


class StoredWord(Protocol):
    """A word of the blacklist, as a model or as a plain row."""

    @property
    def pk(self) -> UUID: ...
    @property
    def word(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def score(self) -> float | None: ...
    @property
    def is_regex(self) -> bool: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True)
class InForce:
    version: int
    ruleset: Ruleset
    policy: Policy
    policy_version: int
    trusted_authors: frozenset[str]
    #: When the first of its words expires; None means never.
    until: datetime | None
    #: When the words were read that are compiled as a whole.
    read_at: datetime
    models: OwnModels = field(default_factory=OwnModels)

    @property
    def model(self) -> ProjectModel | None:
        """The project's own, which judges in the bundled one's place."""
        return self.models.active


def build(project: Project) -> InForce:
    """Read and compile all of it."""
    now = timezone.now()
    stored = BlacklistWord.objects.filter(project=project).in_force(now)
    # Plain rows: a long list is read in a fraction of the time that its models take.
    words = list(stored.order_by().values_list(*WORD_FIELDS, named=True))
    return _assembled(
        project,
        [entry_of(word) for word in words],
        read_at=now,
        until=min((word.expires_at for word in words if word.expires_at), default=None),
    )


def build_over(project: Project, before: InForce) -> InForce | None:
    """Read and compile all but the blacklist, and lay over that what changed in it.

    None if so many words changed that the list must be compiled anew. Words that were deleted
    without a trace stay until then too.
    """
    now = timezone.now()
    since = before.read_at - OVERLAP
    touched = BlacklistWord.objects.filter(
        Q(updated_at__gte=since) | Q(expires_at__gte=since, expires_at__lte=now), project=project
    )
    rows = touched.order_by().values_list(*WORD_FIELDS, "is_active", named=True)
    words = list(rows[: MOST_CHANGES + 1])
    if len(words) > MOST_CHANGES:
        return None
    counting = [
        word for word in words if word.is_active and (not word.expires_at or word.expires_at > now)
    ]
    blacklist = amended(
        before.ruleset,
        changed_ids=[str(word.pk) for word in words],
        entries=[entry_of(word) for word in counting],
    )
    ends = [word.expires_at for word in counting if word.expires_at]
    if before.until and before.until > now:
        ends.append(before.until)
    return _assembled(project, blacklist, read_at=before.read_at, until=min(ends, default=None))


def _assembled(
    project: Project,
    blacklist: Iterable[BlacklistEntry] | Blacklist,
    *,
    read_at: datetime,
    until: datetime | None,
) -> InForce:
    policy = stored_policy(project)
    trusted = WhitelistedUser.objects.filter(project=project).values_list("user_id", flat=True)
    return InForce(
        version=project.ruleset_version,
        ruleset=compile_ruleset(project, blacklist, policy),
        policy=policy,
        policy_version=project.policy_version,
        trusted_authors=frozenset(trusted),
        until=until,
        read_at=read_at,
        models=own_models(project),
    )


def stored_policy(project: Project) -> Policy:
    """Return the project's newest policy version; the balanced preset where there is none."""
    stored = PolicyVersion.objects.filter(project=project, number=project.policy_version).first()
    return policy_from_dict(stored.data) if stored else PRESETS["balanced"]


def compile_ruleset(
    project: Project, blacklist: Iterable[BlacklistEntry] | Blacklist, policy: Policy
) -> Ruleset:
    """Compile a blacklist with the project's exceptions and rules."""
    phrases = WhitelistedPhrase.objects.filter(project=project)
    return build_ruleset(
        blacklist=blacklist,
        whitelisted_phrases=list(phrases.values_list("phrase", flat=True)),
        rules=[spec_of(rule) for rule in Rule.objects.filter(project=project, is_active=True)],
        languages=policy.languages,
        phone_regions=policy.phone_regions,
        version=project.ruleset_version,
    )


def entry_of(word: StoredWord) -> BlacklistEntry:
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
