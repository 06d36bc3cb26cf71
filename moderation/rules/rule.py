"""Create, change and delete a project's own rules; a draft is a rule that may not be stored."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from moderation.accounts.audit import write_audit
from moderation.engine.custom_rules.specs import RuleError, RuleSpec, validate_rule
from moderation.engine.detectors.pattern_cost import refuse_slow
from moderation.engine.detectors.regex_check import PatternError
from moderation.engine.rule_examples import failed_examples
from moderation.events.counters import RuleCount, rule_metric
from moderation.events.event import RULE_UPDATE, Event, iso
from moderation.lib.errors import AlreadyExists, Conflict, Invalid
from moderation.models import Counter, Project, Rule
from moderation.rules.active import active_ruleset, invalidate
from moderation.rules.versions import raise_version, row_addition, row_change, row_removal

#: Every message runs through every active rule.
MOST_RULES = 500
LONGEST_NAME = Rule._meta.get_field("name").max_length or 0
#: Names are shown on one line and in lists of reasons, which commas separate.
FORBIDDEN_IN_NAMES = re.compile("[\x00-\x1f\x7f,\ud800-\udfff]")
HIGHEST_PRIORITY = 10_000
MOST_EXAMPLES = 50
LONGEST_EXAMPLE = 10_000
MOST_FAILED_SHOWN = 5
EXAMPLES = ("must_match", "must_not_match")


@dataclass(frozen=True)
class Draft:
    """A rule's fields as the API shows them; `draft_rule` makes one from checked values."""

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
    """Return the draft that these fields describe. Raises Invalid for the first wrong field."""
    for name in ("name", "type", "action", "config"):
        if name not in values:
            raise Invalid(name, "is required")
    if unknown := sorted(set(values) - set(FIELDS)):
        raise Invalid(unknown[0][:60], "is not a field of a rule")
    draft = Draft(**values)
    _check_plain_fields(draft)
    examples: Any = draft.examples
    if not isinstance(examples, Mapping) or set(examples) - set(EXAMPLES):
        raise Invalid("examples", f"must be an object with {' and '.join(EXAMPLES)}")
    for name, texts in examples.items():
        is_list = isinstance(texts, list | tuple) and len(texts) <= MOST_EXAMPLES
        if not is_list or not all(
            isinstance(text, str) and 1 <= len(text) <= LONGEST_EXAMPLE for text in texts
        ):
            raise Invalid(
                f"examples.{name}",
                f"must be at most {MOST_EXAMPLES} texts of 1 to {LONGEST_EXAMPLE} characters",
            )
    try:
        validate_rule(draft.spec())
        _refuse_slow(draft)
    except RuleError as error:
        position = getattr(error.__cause__, "position", None)
        extra = {} if position is None else {"position": position}
        raise Invalid(error.field, error.message, **extra) from error
    return replace(draft, examples={name: list(examples.get(name, ())) for name in EXAMPLES})


def _refuse_slow(draft: Draft) -> None:
    if draft.type == "regex":
        try:
            refuse_slow(draft.config["pattern"], draft.config.get("flags", ()))
        except PatternError as error:
            raise RuleError("config.pattern", str(error)) from error


def _check_plain_fields(draft: Draft) -> None:
    name: Any = draft.name
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME or name.strip() != name:
        raise Invalid(
            "name", f"must have 1 to {LONGEST_NAME} characters, without spaces at either end"
        )
    if forbidden := FORBIDDEN_IN_NAMES.search(name):
        raise Invalid("name", f"must not contain {forbidden[0]!r}")
    for field_name, type_, message in (
        ("is_active", bool, "must be true or false"),
        ("shadow", bool, "must be true or false"),
        ("type", str, "must be a string"),
        ("action", str, "must be a string"),
    ):
        if not isinstance(getattr(draft, field_name), type_):
            raise Invalid(field_name, message)
    # In Python a bool is an int too, so JSON's true would pass isinstance.
    if type(draft.priority) is not int or not 1 <= draft.priority <= HIGHEST_PRIORITY:
        raise Invalid("priority", f"must be a whole number from 1 to {HIGHEST_PRIORITY}")


def draft_of(rule: Rule) -> Draft:
    """Return a stored rule's fields."""
    return Draft(**{name: getattr(rule, name) for name in FIELDS})


# --- Changes


def create_rule(
    project: Project, actor: str, values: Mapping[str, Any], now: datetime | None = None
) -> Rule:
    """Create a rule.

    Raises Invalid for a wrong field or a failed example, AlreadyExists if its name is taken.
    """
    draft, now = draft_rule(values), now or timezone.now()
    _check_examples(project, draft)
    with transaction.atomic():
        if Rule.objects.filter(project=project).count() >= MOST_RULES:
            raise Conflict(f"A project can have at most {MOST_RULES} rules.")
        rule = Rule(project=project, created_by=actor, created_at=now, **asdict(draft))
        _save(rule)
        write_audit(project, actor, "rule.created", rule, {"name": rule.name}, now=now)
        raise_version(project, row_addition(rule), rule_event(rule, "created", now), now=now)
    invalidate(project)
    return rule


def change_rule(rule: Rule, actor: str, changes: Mapping[str, Any]) -> Rule:
    """Change some of a rule's fields and return it as stored; `rule` may be out of date.

    Raises what `create_rule` raises, and Conflict if the rule is gone.
    """
    project = rule.project
    with transaction.atomic():
        stored = _lock(rule)
        before = model_to_dict(stored)
        draft = draft_rule({**asdict(draft_of(stored)), **changes})
        _check_examples(project, draft)
        for name in FIELDS:
            setattr(stored, name, getattr(draft, name))
        _save(stored)
        write_audit(project, actor, "rule.changed", stored, {"fields": sorted(changes)})
        raise_version(project, row_change(stored, before), rule_event(stored, "updated"))
    invalidate(project)
    return stored


def delete_rule(rule: Rule, actor: str) -> None:
    """Delete a rule and its figures; the logs keep what it did. Raises Conflict if it is gone."""
    project = rule.project
    with transaction.atomic():
        stored = _lock(rule)
        removal, event = row_removal(stored), rule_event(stored, "deleted")
        write_audit(project, actor, "rule.deleted", stored, {"name": stored.name})
        metrics = [rule_metric(count, str(stored.pk)) for count in RuleCount]
        Counter.objects.filter(project=project, metric__in=metrics).delete()
        stored.delete()
        raise_version(project, removal, event)
    invalidate(project)


def _lock(rule: Rule) -> Rule:
    """Return the rule as it is stored now, locked until the transaction ends."""
    stored = Rule.objects.select_for_update().filter(pk=rule.pk).first()
    if stored is None:
        raise Conflict("This rule was deleted in the meantime.")
    stored.project = rule.project
    return stored


def _save(rule: Rule) -> None:
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:
        raise AlreadyExists("This project already has a rule with this name.") from None


def _check_examples(project: Project, draft: Draft) -> None:
    """Raise Invalid if the rule is active and gets one of its examples wrong."""
    if not draft.is_active:
        return
    ruleset = active_ruleset(project).compiled
    if failed := failed_examples(draft.spec(), ruleset, **draft.examples):
        shown = "; ".join(str(example) for example in failed[:MOST_FAILED_SHOWN])
        raise Invalid("examples", f"the rule cannot be active while its examples fail: {shown}")


def rule_event(rule: Rule, action: str, now: datetime | None = None) -> Event:
    """Return the `rule_update` of a rule (docs/realtime.md, "`rule_update`")."""
    row = {
        "id": str(rule.pk),
        "name": rule.name,
        "type": rule.type,
        "is_active": rule.is_active and action != "deleted",
        "priority": rule.priority,
        "action": rule.action,
    }
    data = {"action": action, "rule": row, "timestamp": iso(now or timezone.now())}
    return Event(rule.project, RULE_UPDATE, data)
