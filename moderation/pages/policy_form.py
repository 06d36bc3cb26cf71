"""The form of a policy: every number of the judgement, and what of it was changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from moderation.engine.policy import PRESETS
from moderation.engine.verdict import VerdictKind
from moderation.errors import GavelError, Invalid
from moderation.pages.forms import HouseForm

GROUPS = ("thresholds", "repeat_offender", "flood")
VERDICTS = [(kind.value, kind.value.capitalize()) for kind in VerdictKind]
#: Lists that are written as words with commas between.
WORDS = ("languages", "phone_regions", "meta_data_in_events")

#: What `storage` means.
KEEPING = {
    "full": "everything",
    "masked": "all but personal data",
    "hash": "nothing but its hash",
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


def _words(label: str, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=1000, **options)


def _choice(label: str, *values: str, **titles: str) -> forms.ChoiceField:
    choices = [(value, value) for value in values] + list(titles.items())
    return forms.ChoiceField(label=label, choices=choices)


class PolicyForm(HouseForm):
    """A field of a group is named by both, with two underscores between."""

    preset = forms.ChoiceField(choices=[(name, name) for name in PRESETS], widget=forms.HiddenInput)
    thresholds__warn = _score("Warn from a score of")
    thresholds__flag = _score("Flag from")
    thresholds__block = _score("Block from")
    approved_verdicts = _verdicts("The app may show")
    review_verdicts = _verdicts("A person looks at", VERDICTS[1:])
    queue_blocks = forms.BooleanField(required=False, label="A person looks at every block too")
    strike_verdicts = _verdicts("A strike for", VERDICTS[1:])
    strikes_for_temp_ban = _whole("Strikes for a temporary ban")
    strikes_for_perm_ban = _whole("Strikes for a permanent ban")
    temp_ban_hours = _whole("Hours of a temporary ban")
    strike_days = _whole("Days until a strike expires")
    ban_scope = _choice("Bans and strikes count in the", "channel", "project")
    auto_ban = forms.BooleanField(required=False, label="Ban by itself")
    ban_requires_review = forms.BooleanField(required=False, label="A person looks at each ban")
    repeat_offender__violations = _whole("Repeat offender from so many violations")
    repeat_offender__hours = _whole("Repeat offender: within hours")
    flood__violations = _whole("Flood after so many violations")
    flood__seconds = _whole("Flood: within seconds")
    on_engine_failure = _choice("What nothing could judge is", "warn", "flag", "block")
    model_wait_ms = _whole("Wait for a model, ms")
    decision_hold_seconds = _whole("Hold decisions before the outside hears, seconds")
    languages = _words("Languages", help_text="Tags with commas between, as en, ur-Latn.")
    phone_regions = _words("Regions of phone numbers", help_text="As US, PK.", required=False)
    storage = _choice("Of a text is kept", **KEEPING)
    retention_days = _whole("Keep content for days")
    meta_data_in_events = _words("Metadata in events", required=False)

    @property
    def data_of_policy(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            group, _, key = name.partition("__")
            if key:
                found.setdefault(group, {})[key] = value
            else:
                found[name] = _listed(value) if name in WORDS else value
        return found

    def changes(self, current: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of the policy in force that were changed here; all for a new preset."""
        wanted = self.data_of_policy
        if wanted["preset"] != current["preset"]:
            return wanted
        return {name: wanted[name] for name in wanted if wanted[name] != current[name]}

    def refuse(self, error: GavelError) -> None:
        if isinstance(error, Invalid):
            error = Invalid(error.field.replace(".", "__"), error.detail)
        super().refuse(error)

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        names = list(self.fields)
        starts = [names.index(name) for name in SECTIONS.values()] + [len(names)]
        return [
            (title, [self[name] for name in names[start:end]])
            for title, start, end in zip(SECTIONS, starts, starts[1:], strict=False)
        ]


#: Headings, with the first field under each.
SECTIONS = {
    "Verdicts": "thresholds__warn",
    "Strikes and bans": "strike_verdicts",
    "Repetition": "repeat_offender__violations",
    "Engine and outside": "on_engine_failure",
    "Keeping": "storage",
}


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def shown_policy(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy's fields as the form shows them."""
    shown: dict[str, Any] = {}
    for name, value in data.items():
        if name in GROUPS:
            shown |= {f"{name}__{key}": one for key, one in value.items()}
        else:
            shown[name] = ", ".join(value) if name in WORDS else value
    return shown


# --- Differences


@dataclass(frozen=True)
class Difference:
    """One field of two policies, in words."""

    label: str
    was: str
    now: str


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Return what differs between two policies, by the labels of the form."""
    old, new = shown_policy(was), shown_policy(now)
    # In the form's order: a database may keep a policy's fields in another.
    return [
        Difference(
            str(field.label or name.capitalize()), _written(old.get(name)), _written(new[name])
        )
        for name, field in PolicyForm.base_fields.items()
        if old.get(name) != new[name]
    ]


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(value) if isinstance(value, list) else str(value)) or "nothing"


PRESET_NAMES = tuple(PRESETS)
