"""The forms of a rule, one for each type."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from moderation.engine.matches import Category, PiiType
from moderation.engine.rule_specs import LONGEST_TEXT, MOST_TEXTS
from moderation.engine.spam import SIGNALS
from moderation.errors import GavelError, Invalid
from moderation.ingest import MAX_CONTENT_LENGTH
from moderation.pages.forms import HouseForm
from moderation.rules import Draft
from moderation.rules.rule import HIGHEST_PRIORITY, LONGEST_NAME

TYPES = {
    "keyword": "Words",
    "regex": "Pattern",
    "category": "Category",
    "pii": "Personal data",
    "spam": "Spam",
    "user": "Authors",
}
ACTIONS = (
    ("flag", "Flag it for a person"),
    ("warn", "Warn"),
    ("reject", "Reject it"),
    ("approve", "Approve it, whatever else is found"),
)
STATES = (
    ("shadow", "Shadow: it counts what it would do, and changes nothing"),
    ("on", "On: it acts on the next message"),
    ("off", "Off: a draft"),
)
FLAGS = (
    ("i", "Ignore case"),
    ("m", "^ and $ at every line"),
    ("s", "A dot is a line break too"),
)
DAYS = (("7", "7 days"), ("14", "14 days"), ("30", "30 days"), ("90", "90 days"))
LONGEST_LIST = MOST_TEXTS * (LONGEST_TEXT + 2)
#: Texts on which a rule is tried at once.
MOST_SAMPLES = 20


def lines(rows: int, **attributes: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", "spellcheck": "false", **attributes})


def named(values: Any) -> list[tuple[str, str]]:
    return [(str(value), str(value).replace("_", " ")) for value in values]


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class RuleForm(HouseForm):
    """What every type has; the fields of its own stand in `of_type`."""

    type: ClassVar[str] = ""
    #: Names of the fields that make up the configuration.
    of_type: ClassVar[tuple[str, ...]] = ()

    name = forms.CharField(
        max_length=LONGEST_NAME, help_text="Reasons and logs say “rule:” and this name."
    )
    action = forms.ChoiceField(choices=ACTIONS, initial="flag", label="What it does")
    priority = forms.IntegerField(
        min_value=1,
        max_value=HIGHEST_PRIORITY,
        initial=100,
        help_text="1 runs first. The first that approves or rejects ends the walk.",
    )
    state = forms.ChoiceField(choices=STATES, widget=forms.RadioSelect, initial="shadow")
    must_match = forms.CharField(
        required=False,
        max_length=MAX_CONTENT_LENGTH,
        label="Must hit",
        widget=lines(3),
        help_text="One a line. While one of them fails the rule can only be off.",
    )
    must_not_match = forms.CharField(
        required=False, max_length=MAX_CONTENT_LENGTH, label="Must not hit", widget=lines(3)
    )
    texts = forms.CharField(
        required=False,
        max_length=MAX_CONTENT_LENGTH,
        label="Try it on",
        widget=lines(3),
        help_text=f"Up to {MOST_SAMPLES} texts, one a line. Nothing is stored of them.",
    )
    days = forms.ChoiceField(choices=DAYS, initial="7", required=False, label="Past content of")

    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.of_type]

    @property
    def config(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.of_type}

    @property
    def values(self) -> dict[str, Any]:
        """The rule's fields as the service takes them."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "type": self.type,
            "action": given["action"],
            "priority": given["priority"],
            "is_active": given["state"] != "off",
            "shadow": given["state"] == "shadow",
            "config": self.config,
            "examples": {name: lines_of(given[name]) for name in ("must_match", "must_not_match")},
        }

    @property
    def samples(self) -> list[str]:
        return lines_of(self.cleaned_data["texts"])[:MOST_SAMPLES]

    def refuse(self, error: GavelError) -> None:
        """Put what is wrong with the configuration at its own field, the examples at theirs."""
        if isinstance(error, Invalid):
            field = error.field.removeprefix("config.").replace("examples", "must_match")
            super().refuse(Invalid(field.partition(".")[0], error.detail))
        else:
            super().refuse(error)


class KeywordForm(RuleForm):
    type, of_type = "keyword", ("keywords", "case_sensitive")
    keywords = forms.CharField(
        max_length=LONGEST_LIST,
        label="Words and phrases, one a line",
        widget=lines(6),
        help_text="Whole words, and unless case matters also disguised: a1rdrop, a i r d r o p.",
    )
    case_sensitive = forms.BooleanField(required=False, label="Exactly so, with this case")

    @property
    def config(self) -> dict[str, Any]:
        return {**super().config, "keywords": lines_of(self.cleaned_data["keywords"])}


class RegexForm(RuleForm):
    type, of_type = "regex", ("pattern", "flags")
    pattern = forms.CharField(
        max_length=1000,
        strip=False,
        widget=forms.TextInput(attrs={"class": "input mono", "spellcheck": "false", "dir": "ltr"}),
        help_text="RE2: no lookahead, no backreferences. It sees the text as it was sent.",
    )
    flags = forms.MultipleChoiceField(
        choices=FLAGS, required=False, widget=forms.CheckboxSelectMultiple, initial=["i"]
    )


class CategoryForm(RuleForm):
    type, of_type = "category", ("category", "at_least")
    category = forms.ChoiceField(choices=named(Category))
    at_least = forms.FloatField(
        min_value=0, max_value=1, initial=0.6, label="From this score on", help_text="0 to 1."
    )


class PiiForm(RuleForm):
    type, of_type = "pii", ("types",)
    types = forms.MultipleChoiceField(
        choices=named(PiiType), widget=forms.CheckboxSelectMultiple, label="Any of these"
    )


class SpamForm(RuleForm):
    type, of_type = "spam", ("signals",)
    signals = forms.MultipleChoiceField(
        choices=named(SIGNALS), widget=forms.CheckboxSelectMultiple, label="Any of these signs"
    )


class UserForm(RuleForm):
    type, of_type = "user", ("user_ids",)
    user_ids = forms.CharField(
        max_length=LONGEST_LIST,
        label="Ids of authors, one a line",
        widget=lines(6),
        help_text="Your app’s own ids. The examples and the texts to try are ids too.",
    )

    @property
    def config(self) -> dict[str, Any]:
        return {"user_ids": lines_of(self.cleaned_data["user_ids"])}


FORMS: Mapping[str, type[RuleForm]] = {
    form.type: form for form in (KeywordForm, RegexForm, CategoryForm, PiiForm, SpamForm, UserForm)
}


def form_of(kind: str) -> type[RuleForm]:
    """Return the form of a type; of words for one that there is not."""
    return FORMS.get(kind, KeywordForm)


def shown_values(draft: Draft) -> dict[str, Any]:
    """Return a stored rule's fields as its form shows them."""
    state = "off" if not draft.is_active else "shadow" if draft.shadow else "on"
    examples = {name: "\n".join(texts) for name, texts in draft.examples.items()}
    config = dict(draft.config)
    for name in ("keywords", "user_ids"):
        if name in config:
            config[name] = "\n".join(config[name])
    config.setdefault("flags", [])
    plain = {"name": draft.name, "action": draft.action, "priority": draft.priority}
    return {**plain, "state": state, **examples, **config}
