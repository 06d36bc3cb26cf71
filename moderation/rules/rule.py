"""Make, change and delete a project's own rules; a draft is one that need not be stored."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from moderation import events, queries
from moderation.audit import write_audit
from moderation.engine.rule_examples import failed_examples
from moderation.engine.rule_specs import RuleError, RuleSpec, validate_rule
from moderation.errors import AlreadyExists, Conflict, Invalid
from moderation.events import Event, iso
from moderation.models import Counter, Project, Rule
from moderation.rules.versions import raise_version, row_change
from moderation.statistics import RuleCount, rule_metric

#: Every active rule looks at every message.
MOST_RULES = 500
LONGEST_NAME = Rule._meta.get_field("name").max_length or 0
#: Names stand in lists of reasons and on one line.
UNFIT_IN_NAMES = re.compile("[\x00-\x1f\x7f,\ud800-\udfff]")
HIGHEST_PRIORITY = 10_000
MOST_EXAMPLES = 50
LONGEST_EXAMPLE = 10_000
MOST_FAILED_SHOWN = 5
EXAMPLES = ("must_match", "must_not_match")


@dataclass(frozen=True)
class Draft:
    """A rule's fields as the API has them; `draft_rule` makes one that is sound."""

    name: str
    type: str
    action: str
    config: Mapping[str, Any]
    priority: int = 100
    is_active: bool = True
    shadow: bool = False
    #: must_match and must_not_match → texts.
    examples: Mapping[str, list[str]] = field(default_factory=dict)

    def spec(self, id_: str = "draft") -> RuleSpec:
        return RuleSpec(
            id=id_,
            name=self.name,
            type=self.type,
            action=self.action,
            priority=self.priority,
            config=self.config,
            shadow=self.shadow,
        )


FIELDS = tuple(each.name for each in fields(Draft))


def draft_rule(values: Mapping[str, Any]) -> Draft:
    """Return the draft that these fields describe; Invalid names the first that makes no sense."""
    for name in ("name", "type", "action", "config"):
        if name not in values:
            raise Invalid(name, "is needed")
    if unknown := sorted(set(values) - set(FIELDS)):
        raise Invalid(unknown[0][:60], "is no field of a rule")
    draft = Draft(**values)
    _check_name(draft.name)
    _check_plain_fields(draft)
    try:
        validate_rule(draft.spec())
    except RuleError as error:
        where = getattr(error.__cause__, "position", None)
        extra = {} if where is None else {"position": where}
        raise Invalid(error.field, error.message, **extra) from error
    return replace(draft, examples=_checked_examples(draft.examples))


def draft_of(rule: Rule) -> Draft:
    """Return a stored rule's fields."""
    return Draft(**{name: getattr(rule, name) for name in FIELDS})


def _check_name(name: Any) -> None:
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME or name.strip() != name:
        raise Invalid("name", f"must have 1 to {LONGEST_NAME} characters, no space at its ends")
    if found := UNFIT_IN_NAMES.search(name):
        raise Invalid("name", f"must not contain {found[0]!r}")


def _check_plain_fields(draft: Draft) -> None:
    for name in ("is_active", "shadow"):
        if not isinstance(getattr(draft, name), bool):
            raise Invalid(name, "must be true or false")
    # JSON's true is a bool, which Python takes for a number.
    if type(draft.priority) is not int or not 1 <= draft.priority <= HIGHEST_PRIORITY:
        raise Invalid("priority", f"must be a whole number from 1 to {HIGHEST_PRIORITY}")
    for name in ("type", "action"):
        if not isinstance(getattr(draft, name), str):
            raise Invalid(name, "must be a text")


def _checked_examples(examples: Any) -> dict[str, list[str]]:
    if not isinstance(examples, Mapping) or set(examples) - set(EXAMPLES):
        raise Invalid("examples", f"must be an object with {' and '.join(EXAMPLES)}")
    for name, texts in examples.items():
        is_list = isinstance(texts, list | tuple) and len(texts) <= MOST_EXAMPLES
        if not is_list or not all(_is_text(text) for text in texts):
            raise Invalid(
                f"examples.{name}",
                f"must be at most {MOST_EXAMPLES} texts of 1 to {LONGEST_EXAMPLE} characters",
            )
    return {name: list(examples.get(name, ())) for name in EXAMPLES}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= LONGEST_EXAMPLE


# --- Changes


def create_rule(
    project: Project, actor: str, values: Mapping[str, Any], now: datetime | None = None
) -> Rule:
    """Make a rule; AlreadyExists if its name is taken, Invalid if it cannot run or be activated."""
    draft, now = draft_rule(values), now or timezone.now()
    _refuse_failing(project, draft)
    with transaction.atomic():
        if Rule.objects.filter(project=project).count() >= MOST_RULES:
            raise Conflict(f"This project has {MOST_RULES} rules, the most there can be.")
        rule = Rule(project=project, created_by=actor, created_at=now, **asdict(draft))
        _save(rule)
        write_audit(project, actor, "rule.created", rule, {"name": rule.name}, now=now)
        raise_version(project, row_change(rule), rule_event(rule, "created", now), now=now)
    queries.forget_in_force(project)
    return rule


def change_rule(rule: Rule, actor: str, changes: Mapping[str, Any]) -> Rule:
    """Change some of a rule's fields; the same refusals as when it is made."""
    project = rule.project
    with transaction.atomic():
        locked = _locked(rule)
        before = row_change(locked)["after"]
        draft = draft_rule({**asdict(draft_of(locked)), **changes})
        _refuse_failing(project, draft)
        for name in FIELDS:
            setattr(locked, name, getattr(draft, name))
        _save(locked)
        write_audit(project, actor, "rule.changed", locked, {"fields": sorted(changes)})
        raise_version(project, row_change(locked, before), rule_event(locked, "updated"))
    queries.forget_in_force(project)
    return locked


def delete_rule(rule: Rule, actor: str) -> None:
    """Delete a rule and its figures; what it did stays told in the logs."""
    project = rule.project
    with transaction.atomic():
        rule = _locked(rule)
        change = {**row_change(rule, row_change(rule)["after"]), "after": None}
        told = rule_event(rule, "deleted")
        write_audit(project, actor, "rule.deleted", rule, {"name": rule.name})
        metrics = [rule_metric(count, str(rule.pk)) for count in RuleCount]
        Counter.objects.filter(project=project, metric__in=metrics).delete()
        rule.delete()
        raise_version(project, change, told)
    queries.forget_in_force(project)


def _locked(rule: Rule) -> Rule:
    """Return the rule as it is stored now, locked until the transaction ends."""
    locked = Rule.objects.select_for_update().filter(pk=rule.pk).first()
    if locked is None:
        raise Conflict("This rule was deleted meanwhile.")
    locked.project = rule.project
    return locked


def _save(rule: Rule) -> None:
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:
        raise AlreadyExists("There is a rule of this name already.") from None


def _refuse_failing(project: Project, draft: Draft) -> None:
    """Raise Invalid if the rule would act although it gets an example wrong."""
    if not draft.is_active:
        return
    ruleset = queries.in_force(project).ruleset
    if failed := failed_examples(draft.spec(), ruleset, **draft.examples):
        named = "; ".join(str(example) for example in failed[:MOST_FAILED_SHOWN])
        raise Invalid("examples", f"the rule cannot be active while its examples fail: {named}")


def rule_event(rule: Rule, action: str, now: datetime | None = None) -> Event:
    """Return the `rule_update` of a rule (CONTRACT section 6)."""
    told = {
        "id": str(rule.pk),
        "name": rule.name,
        "type": rule.type,
        "is_active": rule.is_active and action != "deleted",
        "priority": rule.priority,
        "action": rule.action,
    }
    data = {"action": action, "rule": told, "timestamp": iso(now or timezone.now())}
    return Event(rule.project, events.RULE_UPDATE, data)
