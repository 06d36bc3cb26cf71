"""What was in force on another day: rulesets rebuilt by taking back what changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.forms.models import model_to_dict
from django.utils.dateparse import parse_datetime

from moderation.engine.policy import PRESETS, Policy, policy_from_dict
from moderation.engine.project_model import ProjectModel
from moderation.engine.ruleset import build_ruleset
from moderation.errors import NotFound
from moderation.models import (
    BlacklistWord,
    PolicyVersion,
    Project,
    Rule,
    RulesetSnapshot,
    WhitelistedPhrase,
    WhitelistedUser,
)
from moderation.queries.compiling import InForce, entry_of, spec_of
from moderation.queries.own_models import OwnModels, model_at

#: The models whose rows make up a ruleset, by the name that a snapshot gives them.
KINDS: Mapping[str, type[Model]] = {
    model._meta.model_name or "": model
    for model in (BlacklistWord, WhitelistedPhrase, WhitelistedUser, Rule)
}
#: A row's fields by its id, for each kind.
Rows = dict[str, dict[str, dict[str, Any]]]


class Past:
    """A project's earlier rulesets and policies.

    It reads what is there once and steps back from version to version: ask for later ones first.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._models: dict[int, ProjectModel | None] = {}
        self._begin()

    @transaction.atomic
    def _begin(self) -> None:
        stored = Project.objects.values_list("ruleset_version", flat=True)
        self._version = stored.get(pk=self._project.pk)
        self._rows: Rows = {kind: _rows_of(model, self._project) for kind, model in KINDS.items()}
        self._compiled: dict[object, InForce] = {}

    def in_force(
        self,
        ruleset_version: int,
        policy_version: int,
        moment: datetime,
        *,
        model_version: int = 0,
    ) -> InForce:
        """Return what judged at that moment; NotFound if a version on the way is not kept."""
        if ruleset_version > self._version:
            self._begin()
        self._step_back(ruleset_version)
        words = [word for word in self._words() if not _is_over(word, moment)]
        key = policy_version, frozenset(word.pk for word in words)
        if key not in self._compiled:
            policy = self._policy(policy_version)
            self._compiled[key] = self._build(words, policy, policy_version, moment)
        models = OwnModels(self._model(model_version))
        return replace(self._compiled[key], models=models)

    def _model(self, number: int) -> ProjectModel | None:
        if number not in self._models:
            self._models[number] = model_at(self._project, number)
        return self._models[number]

    def _step_back(self, version: int) -> None:
        if version == self._version:
            return
        snapshots = RulesetSnapshot.objects.filter(
            project=self._project, version__gt=version, version__lte=self._version
        )
        changes = list(snapshots.order_by("-version").values_list("data", flat=True))
        if len(changes) != self._version - version:
            raise NotFound(f"Ruleset {version} cannot be rebuilt: it is newer, or not kept.")
        for change in changes:
            _take_back(self._rows, change)
        self._version = version
        self._compiled.clear()

    def _words(self) -> Iterator[SimpleNamespace]:
        for key, fields in self._rows["blacklistword"].items():
            if fields["is_active"]:
                yield SimpleNamespace(pk=key, **fields)

    def _policy(self, number: int) -> Policy:
        if not number:
            return PRESETS["balanced"]
        stored = PolicyVersion.objects.filter(project=self._project, number=number).first()
        if stored is None:
            raise NotFound(f"Version {number} of the policy is not kept.")
        return policy_from_dict(stored.data)

    def _build(
        self, words: list[SimpleNamespace], policy: Policy, policy_version: int, moment: datetime
    ) -> InForce:
        rules = [_rule(key, fields) for key, fields in self._rows["rule"].items()]
        trusted = (fields["user_id"] for fields in self._rows["whitelisteduser"].values())
        phrases = (fields["phrase"] for fields in self._rows["whitelistedphrase"].values())
        ruleset = build_ruleset(
            blacklist=[entry_of(word) for word in words],
            whitelisted_phrases=phrases,
            rules=[spec_of(rule) for rule in rules if rule.is_active],
            languages=policy.languages,
            phone_regions=policy.phone_regions,
            version=self._version,
        )
        return InForce(
            version=self._version,
            ruleset=ruleset,
            policy=policy,
            policy_version=policy_version,
            trusted_authors=frozenset(trusted),
            until=None,
            read_at=moment,
        )


def _rows_of(model: type[Model], project: Project) -> dict[str, dict[str, Any]]:
    stored = model._default_manager.filter(project=project)
    if model is BlacklistWord:
        # Of words that were switched off, the change that did it keeps the fields.
        stored = stored.filter(is_active=True)
    return {str(row.pk): model_to_dict(row) for row in stored}


def _take_back(rows: Rows, change: Mapping[str, Any]) -> None:
    """Undo one change, which `rules.versions` has written."""
    if change["kind"] == "blacklistword_import":
        for key in change["ids"]:
            rows["blacklistword"].pop(key, None)
    elif change["kind"] in rows:
        rows[change["kind"]].pop(change["id"], None)
        if change["before"]:
            rows[change["kind"]][change["id"]] = change["before"]


def _is_over(word: SimpleNamespace, moment: datetime) -> bool:
    ends_at = word.expires_at
    if isinstance(ends_at, str):
        ends_at = parse_datetime(ends_at)
    return ends_at is not None and ends_at <= moment


def _rule(key: str, fields: Mapping[str, Any]) -> Rule:
    named = {name: value for name, value in fields.items() if name != "project"}
    return Rule(id=key, **named)
