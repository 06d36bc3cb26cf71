"""Earlier rulesets of a project, rebuilt by undoing the changes made since."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

from django.db import transaction
from django.db.models import Model
from django.forms.models import model_to_dict
from django.utils.dateparse import parse_datetime

from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.model.project_model import ProjectModel
from moderation.engine.verdict.policy import PRESETS, policy_from_dict
from moderation.lib.errors import NotFound
from moderation.lib.json_types import JsonObject
from moderation.models import (
    BlacklistWord,
    PolicyVersion,
    Project,
    Rule,
    RulesetSnapshot,
    WhitelistedPhrase,
    WhitelistedUser,
)
from moderation.models.rules import WordMatch
from moderation.rules.compile import ActiveRuleset, entry_of, spec_of
from moderation.rules.loaded_models import OwnModels, model_at

#: The models whose rows make up a ruleset, by their names in a snapshot.
KINDS: Mapping[str, type[Model]] = {
    model._meta.model_name or "": model
    for model in (BlacklistWord, WhitelistedPhrase, WhitelistedUser, Rule)
}
#: Kind → id → the row's fields.
Rows = dict[str, dict[str, JsonObject]]


class RulesetHistory:
    """A project's earlier rulesets and policies.

    Reads the stored rows once and undoes changes version by version: ask for later ones first.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._models: dict[int, ProjectModel | None] = {}
        self._read_stored()

    @transaction.atomic
    def _read_stored(self) -> None:
        versions = Project.objects.values_list("ruleset_version", flat=True)
        self._version = versions.get(pk=self._project.pk)
        self._rows: Rows = {}
        for kind, model in KINDS.items():
            rows = model._default_manager.filter(project=self._project)
            if model is BlacklistWord:
                # The change that deactivated a word holds its fields.
                rows = rows.filter(is_active=True)
            self._rows[kind] = {str(row.pk): model_to_dict(row) for row in rows}
        self._rulesets: dict[object, ActiveRuleset] = {}

    def ruleset_at(
        self,
        ruleset_version: int,
        policy_version: int,
        moment: datetime,
        *,
        model_version: int = 0,
    ) -> ActiveRuleset:
        """Return what judged at that moment. Raises NotFound if part of it is no longer stored."""
        if ruleset_version > self._version:
            self._read_stored()
        if ruleset_version != self._version:
            self._step_back(ruleset_version)
        words = []
        for id_, fields in self._rows["blacklistword"].items():
            expires_at = fields["expires_at"]
            if isinstance(expires_at, str):
                expires_at = parse_datetime(expires_at)
            if fields["is_active"] and (expires_at is None or expires_at > moment):
                # Snapshots of words from before `match` was stored lack it.
                words.append(SimpleNamespace(pk=id_, **{"match": WordMatch.DISGUISED, **fields}))
        key = policy_version, frozenset(word.pk for word in words)
        if key not in self._rulesets:
            self._rulesets[key] = self._compile(words, policy_version, moment)
        if model_version not in self._models:
            self._models[model_version] = model_at(self._project, model_version)
        return replace(self._rulesets[key], models=OwnModels(self._models[model_version]))

    def _step_back(self, version: int) -> None:
        snapshots = RulesetSnapshot.objects.filter(
            project=self._project, version__gt=version, version__lte=self._version
        )
        changes = list(snapshots.order_by("-version").values_list("data", flat=True))
        if len(changes) != self._version - version:
            raise NotFound(f"Ruleset {version} cannot be rebuilt: its history is not stored.")
        for change in changes:
            kind = change["kind"]
            if kind == "blacklistword_import":
                for id_ in change["ids"]:
                    self._rows["blacklistword"].pop(id_, None)
            elif kind in self._rows:
                self._rows[kind].pop(change["id"], None)
                if change["before"]:
                    self._rows[kind][change["id"]] = change["before"]
        self._version = version
        self._rulesets.clear()

    def _compile(
        self, words: Iterable[SimpleNamespace], policy_version: int, moment: datetime
    ) -> ActiveRuleset:
        policy = PRESETS["balanced"]
        if policy_version:
            versions = PolicyVersion.objects.filter(project=self._project, number=policy_version)
            stored = versions.first()
            if stored is None:
                raise NotFound(f"Policy version {policy_version} is no longer stored.")
            policy = policy_from_dict(stored.data)
        rules = [
            Rule(id=id_, **{name: fields[name] for name in fields if name != "project"})
            for id_, fields in self._rows["rule"].items()
        ]
        phrases = (fields["phrase"] for fields in self._rows["whitelistedphrase"].values())
        trusted = (fields["user_id"] for fields in self._rows["whitelisteduser"].values())
        return ActiveRuleset(
            version=self._version,
            compiled=build_ruleset(
                blacklist=[entry_of(word) for word in words],
                whitelisted_phrases=phrases,
                rules=[spec_of(rule) for rule in rules if rule.is_active],
                languages=policy.languages,
                phone_regions=policy.phone_regions,
                allowed_domains=policy.allowed_link_domains,
                blocked_domains=policy.blocked_link_domains,
                version=self._version,
            ),
            policy=policy,
            policy_version=policy_version,
            trusted_authors=frozenset(trusted),
            until=None,
            read_at=moment,
        )
