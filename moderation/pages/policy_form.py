"""The policy as a form: every field, and the differences between two policies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from moderation.engine.verdict.policy import PRESETS
from moderation.engine.verdict.verdict import VerdictKind
from moderation.lib.errors import GavelError, Invalid
from moderation.lib.highlight import lazy_name, lazy_title
from moderation.lib.languages import gettext_lazy
from moderation.pages.forms import ConsoleForm, FieldValues

GROUPS = ("thresholds", "repeat_offender", "flood", "author_limits")
VERDICTS = [(kind.value, lazy_title(kind.value)) for kind in VerdictKind]
#: Lists that the form shows as words with commas between them.
WORDS = (
    "languages", "phone_regions", "allowed_link_domains", "blocked_link_domains",
    "meta_data_in_events",
)  # fmt: skip

#: What `storage` means.
STORAGE = {
    "full": gettext_lazy("in full"),
    "masked": gettext_lazy("without personal data"),
    "hash": gettext_lazy("as a hash only"),
}

MODEL_MAY = {
    "flag": gettext_lazy("flag a message"),
    "strike": gettext_lazy("flag, and give a strike"),
    "block": gettext_lazy("block too"),
}

UNKNOWN_ATTRIBUTES = {
    "drop": gettext_lazy("leave out, score the others"),
    "error": gettext_lazy("refuse the request"),
}
UNCOVERED_LANGUAGE = {
    "answer": gettext_lazy("score what applies"),
    "neutral": gettext_lazy("score 0"),
    "error": gettext_lazy("refuse the request"),
}


def _verdicts(
    label: str, choices: Sequence[tuple[str, str]] = VERDICTS
) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=choices, required=False, widget=forms.CheckboxSelectMultiple, label=label
    )


def _score(label: str) -> forms.FloatField:
    return forms.FloatField(label=label, min_value=0, max_value=1)


def _whole(label: str, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, **options)


def _limit(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, required=False)


def _words(label: str, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, **{"max_length": 1000, **options})


def _domains(label: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})
    return _words(label, required=False, widget=widget, max_length=50_000)


def _choice(label: str, *values: str, **titles: str) -> forms.ChoiceField:
    choices = [(value, lazy_name(value)) for value in values] + list(titles.items())
    return forms.ChoiceField(label=label, choices=choices)


class PolicyForm(ConsoleForm):
    """The policy's fields; one inside a group is named `<group>__<field>`."""

    preset = forms.ChoiceField(choices=[(name, name) for name in PRESETS], widget=forms.HiddenInput)
    thresholds__warn = _score(gettext_lazy("Warn at a score of"))
    thresholds__flag = _score(gettext_lazy("Flag at"))
    thresholds__block = _score(gettext_lazy("Block at"))
    approved_verdicts = _verdicts(gettext_lazy("Show messages with verdict"))
    review_verdicts = _verdicts(gettext_lazy("Open a review for"), VERDICTS[1:])
    queue_blocks = forms.BooleanField(
        required=False, label=gettext_lazy("Open a review for every block too")
    )
    strike_verdicts = _verdicts(gettext_lazy("Give a strike for"), VERDICTS[1:])
    strikes_for_temp_ban = _whole(gettext_lazy("Strikes for a temporary ban"))
    strikes_for_perm_ban = _whole(gettext_lazy("Strikes for a permanent ban"))
    temp_ban_hours = _whole(gettext_lazy("Temporary ban, hours"))
    strike_days = _whole(gettext_lazy("Strikes expire after days"))
    ban_scope = _choice(gettext_lazy("Bans and strikes apply to the"), "channel", "project")
    auto_ban = forms.BooleanField(required=False, label=gettext_lazy("Ban automatically"))
    ban_requires_review = forms.BooleanField(
        required=False, label=gettext_lazy("Open a review for each ban")
    )
    repeat_offender__violations = _whole(gettext_lazy("Repeat offender: violations"))
    repeat_offender__hours = _whole(gettext_lazy("Repeat offender: within hours"))
    flood__violations = _whole(gettext_lazy("Flood: more violations than"))
    flood__seconds = _whole(gettext_lazy("Flood: within seconds"))
    author_limits__per_minute = _limit(gettext_lazy("Messages of one author a minute"))
    author_limits__per_hour = _limit(gettext_lazy("Messages of one author an hour"))
    on_engine_failure = _choice(gettext_lazy("If the engine fails"), "warn", "flag", "block")
    model_may = _choice(gettext_lazy("A model alone may"), **MODEL_MAY)
    model_wait_ms = _whole(gettext_lazy("Wait for the model, ms"))
    decision_hold_seconds = _whole(gettext_lazy("Delay outgoing events after a decision, seconds"))
    languages = _words(gettext_lazy("Languages"))
    phone_regions = _words(gettext_lazy("Phone number regions"), required=False)
    allowed_link_domains = _domains(gettext_lazy("Allowed link domains"))
    blocked_link_domains = _domains(gettext_lazy("Blocked link domains"))
    storage = _choice(gettext_lazy("Store message text"), **STORAGE)
    retention_days = _whole(gettext_lazy("Delete content after days"))
    meta_data_in_events = _words(gettext_lazy("Metadata in events"), required=False)
    unknown_attributes = _choice(
        gettext_lazy("Attributes that cannot be scored"), **UNKNOWN_ATTRIBUTES
    )
    uncovered_language = _choice(
        gettext_lazy("Languages without word list and model"), **UNCOVERED_LANGUAGE
    )

    @property
    def policy_values(self) -> FieldValues:
        values: FieldValues = {}
        for name, value in self.cleaned_data.items():
            group, _, key = name.partition("__")
            if key:
                values.setdefault(group, {})[key] = value
            elif name in WORDS:
                values[name] = [word.strip() for word in value.split(",") if word.strip()]
            else:
                values[name] = value
        return values

    def changes(self, current: Mapping[str, Any]) -> FieldValues:
        """Return the fields that differ from the active policy; all fields for another preset."""
        wanted = self.policy_values
        if wanted["preset"] != current["preset"]:
            return wanted
        return {name: wanted[name] for name in wanted if wanted[name] != current[name]}

    def refuse(self, error: GavelError) -> None:
        if isinstance(error, Invalid):
            error = Invalid(error.field.replace(".", "__"), error.detail)
        super().refuse(error)


def initial_values(policy: Mapping[str, Any]) -> FieldValues:
    """Return a policy's fields as the form shows them."""
    values: FieldValues = {}
    for name, value in policy.items():
        if name in GROUPS:
            values |= {f"{name}__{key}": one for key, one in value.items()}
        else:
            values[name] = ", ".join(value) if name in WORDS else value
    return values


# --- Differences


@dataclass(frozen=True)
class Difference:
    """A field that two policies set differently, in words."""

    label: str
    was: str
    now: str


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Return the fields that differ, in the form's order and with its labels."""
    old, new = initial_values(was), initial_values(now)
    return [
        Difference(
            str(field.label or name.capitalize()), in_words(old.get(name)), in_words(new[name])
        )
        for name, field in PolicyForm.base_fields.items()
        if old.get(name) != new[name]
    ]


def in_words(value: Any) -> str:
    """Return a field's value for people."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return _("no limit")
    return (", ".join(value) if isinstance(value, list) else str(value)) or _("nothing")


PRESET_NAMES = tuple(PRESETS)
