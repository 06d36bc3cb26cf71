"""Compile a project's ruleset from the stored words, phrases, rules and policy."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from moderation.engine.custom_rules.ruleset import (
    Blacklist,
    BlacklistEntry,
    Ruleset,
    RuleSpec,
    amend,
    build_ruleset,
)
from moderation.engine.matches import Category
from moderation.engine.model.project_model import ProjectModel
from moderation.engine.verdict.policy import PRESETS, Policy, policy_from_dict
from moderation.models import (
    BlacklistWord,
    PolicyVersion,
    Project,
    Rule,
    WhitelistedPhrase,
    WhitelistedUser,
)
from moderation.rules.loaded_models import OwnModels, own_models

#: The score of a blacklist word without a score of its own (docs/verdicts.md, "Scores").
WORD_SCORES = {"low": 0.6, "medium": 0.75, "high": 0.9}
#: Up to so many changed words are laid over a compiled list; for more, all of it is compiled.
MOST_CHANGES = 2_000
#: Clocks differ, and a row is stored some time after its timestamp was taken. Every change also
#: starts a compilation of the whole list, which includes whatever this overlap misses.
OVERLAP = timedelta(seconds=5)
WORD_FIELDS = (
    "pk", "word", "category", "severity", "score", "is_regex", "match", "language", "expires_at",
)  # fmt: skip


class StoredWord(Protocol):
    """A blacklist word, as a model or as a plain row."""

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
    def match(self) -> str: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True)
class ActiveRuleset:
    version: int
    #: Words, phrases and rules.
    compiled: Ruleset
    policy: Policy
    policy_version: int
    trusted_authors: frozenset[str]
    #: When the first of its words expires; None means never.
    until: datetime | None
    #: When the whole blacklist was read; later changes may be laid over it.
    read_at: datetime
    models: OwnModels = field(default_factory=OwnModels)
    #: Whether what is stored could not be compiled, so that this is an older version or a part.
    is_stale: bool = False

    @property
    def model(self) -> ProjectModel | None:
        """The project's own model, which replaces the bundled one; None if there is none."""
        return self.models.active


def build(project: Project) -> ActiveRuleset:
    """Read and compile everything."""
    now = timezone.now()
    stored = BlacklistWord.objects.filter(project=project).active(now)
    # Plain rows: models take several times as long for a long list.
    words = list(stored.order_by().values_list(*WORD_FIELDS, named=True))
    return _assemble(
        project,
        [entry_of(word) for word in words],
        read_at=now,
        until=min((word.expires_at for word in words if word.expires_at), default=None),
    )


def build_without_lists(project: Project) -> ActiveRuleset:
    """Read everything but words, phrases and rules, which could not be compiled."""
    policy = stored_policy(project)
    trusted = WhitelistedUser.objects.filter(project=project).values_list("user_id", flat=True)
    return ActiveRuleset(
        version=project.ruleset_version,
        compiled=build_ruleset(
            languages=policy.languages,
            phone_regions=policy.phone_regions,
            version=project.ruleset_version,
        ),
        policy=policy,
        policy_version=project.policy_version,
        trusted_authors=frozenset(trusted),
        until=None,
        read_at=timezone.now(),
        is_stale=True,
    )


def build_from_changes(project: Project, before: ActiveRuleset) -> ActiveRuleset | None:
    """Read and compile everything but the blacklist, and lay its changes over `before`.

    Returns None if so many words changed that the whole list must be compiled. A word whose row
    was deleted leaves no trace here and stays until then.
    """
    now = timezone.now()
    since = before.read_at - OVERLAP
    changed = BlacklistWord.objects.filter(
        Q(updated_at__gte=since) | Q(expires_at__gte=since, expires_at__lte=now), project=project
    )
    rows = changed.order_by()
    if rows[: MOST_CHANGES + 1].count() > MOST_CHANGES:
        return None
    words = list(rows.values_list(*WORD_FIELDS, "is_active", named=True))
    active = [
        word for word in words if word.is_active and (not word.expires_at or word.expires_at > now)
    ]
    blacklist = amend(
        before.compiled,
        changed_ids=[str(word.pk) for word in words],
        entries=[entry_of(word) for word in active],
    )
    expiries = [word.expires_at for word in active if word.expires_at]
    if before.until and before.until > now:
        expiries.append(before.until)
    return _assemble(project, blacklist, read_at=before.read_at, until=min(expiries, default=None))


def _assemble(
    project: Project,
    blacklist: Iterable[BlacklistEntry] | Blacklist,
    *,
    read_at: datetime,
    until: datetime | None,
) -> ActiveRuleset:
    policy = stored_policy(project)
    trusted = WhitelistedUser.objects.filter(project=project).values_list("user_id", flat=True)
    return ActiveRuleset(
        version=project.ruleset_version,
        compiled=compile_ruleset(project, blacklist, policy),
        policy=policy,
        policy_version=project.policy_version,
        trusted_authors=frozenset(trusted),
        until=until,
        read_at=read_at,
        models=own_models(project),
    )


def stored_policy(project: Project) -> Policy:
    """Return the newest version of the project's policy; the balanced preset if it has none."""
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
        allowed_domains=policy.allowed_link_domains,
        blocked_domains=policy.blocked_link_domains,
    )


def entry_of(word: StoredWord) -> BlacklistEntry:
    return BlacklistEntry(
        id=str(word.pk),
        word=word.word,
        category=Category(word.category),
        score=WORD_SCORES[word.severity] if word.score is None else word.score,
        is_regex=word.is_regex,
        match=word.match,
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
