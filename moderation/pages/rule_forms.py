"""The forms of a rule, one per type."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from moderation.engine.custom_rules.specs import LONGEST_PROMPT, LONGEST_TEXT, MOST_TEXTS
from moderation.engine.detectors.spam import SIGNALS
from moderation.engine.matches import Category, PiiType
from moderation.lib.errors import GavelError, Invalid
from moderation.lib.highlight import lazy_title
from moderation.lib.languages import gettext_lazy, lazy_format
from moderation.pages.forms import ConsoleForm, FieldValues
from moderation.pipeline.submission import MAX_CONTENT_LENGTH
from moderation.rules import Draft
from moderation.rules.rule import HIGHEST_PRIORITY, LONGEST_NAME

TYPES = {
    "keyword": gettext_lazy("Words"),
    "regex": gettext_lazy("Pattern"),
    "category": gettext_lazy("Category"),
    "pii": gettext_lazy("Personal data"),
    "spam": gettext_lazy("Spam"),
    "user": gettext_lazy("Authors"),
    "ai_prompt": gettext_lazy("AI prompt"),
}
ACTIONS = (
    ("flag", gettext_lazy("Flag for review")),
    ("warn", gettext_lazy("Warn")),
    ("reject", gettext_lazy("Reject")),
    ("approve", gettext_lazy("Approve, whatever else matches")),
)
STATES = (
    ("shadow", gettext_lazy("Shadow: counts its matches and changes nothing")),
    ("on", gettext_lazy("On: applies from the next message")),
    ("off", gettext_lazy("Off: a draft")),
)
FLAGS = (
    ("i", gettext_lazy("Ignore case")),
    ("m", gettext_lazy("^ and $ match at every line")),
    ("s", gettext_lazy("A dot matches line breaks")),
)
DAYS = (
    ("7", gettext_lazy("7 days")),
    ("14", gettext_lazy("14 days")),
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
)
LONGEST_LIST = MOST_TEXTS * (LONGEST_TEXT + 2)
#: Texts that the test bench takes at once.
MOST_SAMPLES = 20


def lines(rows: int, **attributes: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", "spellcheck": "false", **attributes})


def named(values: Any) -> list[tuple[str, str]]:
    return [(str(value), lazy_title(str(value))) for value in values]


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class RuleForm(ConsoleForm):
    """The fields of every type; `of_type` names those of one type."""

    type: ClassVar[str] = ""
    #: Names of the fields that form the rule's `config`.
    of_type: ClassVar[tuple[str, ...]] = ()

    name = forms.CharField(
        max_length=LONGEST_NAME, help_text=gettext_lazy("Reasons and logs show it as “rule:name”.")
    )
    action = forms.ChoiceField(choices=ACTIONS, initial="flag")
    priority = forms.IntegerField(
        min_value=1,
        max_value=HIGHEST_PRIORITY,
        initial=100,
        help_text=gettext_lazy(
            "1 runs first. The first rule that approves or rejects ends the search."
        ),
    )
    state = forms.ChoiceField(choices=STATES, widget=forms.RadioSelect, initial="shadow")
    must_match = forms.CharField(
        required=False,
        max_length=MAX_CONTENT_LENGTH,
        label=gettext_lazy("Must match"),
        widget=lines(3),
        help_text=gettext_lazy("One per line. If an example fails, the rule cannot be turned on."),
    )
    must_not_match = forms.CharField(
        required=False,
        max_length=MAX_CONTENT_LENGTH,
        label=gettext_lazy("Must not match"),
        widget=lines(3),
    )
    texts = forms.CharField(
        required=False,
        max_length=MAX_CONTENT_LENGTH,
        label=gettext_lazy("Try it on"),
        widget=lines(3),
        help_text=lazy_format(
            gettext_lazy("Up to {most_samples} texts, one per line. They are not stored."),
            most_samples=MOST_SAMPLES,
        ),
    )
    days = forms.ChoiceField(
        choices=DAYS, initial="7", required=False, label=gettext_lazy("Content of the last")
    )

    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.of_type]

    @property
    def config(self) -> FieldValues:
        return {name: self.cleaned_data[name] for name in self.of_type}

    @property
    def values(self) -> FieldValues:
        """The rule's fields as the rules service takes them."""
        typed = self.cleaned_data
        return {
            "name": typed["name"],
            "type": self.type,
            "action": typed["action"],
            "priority": typed["priority"],
            "is_active": typed["state"] != "off",
            "shadow": typed["state"] == "shadow",
            "config": self.config,
            "examples": {name: lines_of(typed[name]) for name in ("must_match", "must_not_match")},
        }

    @property
    def samples(self) -> list[str]:
        return lines_of(self.cleaned_data["texts"])[:MOST_SAMPLES]

    def refuse(self, error: GavelError) -> None:
        """Show an error of the config or of the examples at the field that it is about."""
        if isinstance(error, Invalid):
            field = error.field.removeprefix("config.").replace("examples", "must_match")
            super().refuse(Invalid(field.partition(".")[0], error.detail))
        else:
            super().refuse(error)


class KeywordForm(RuleForm):
    type, of_type = "keyword", ("keywords", "case_sensitive")
    keywords = forms.CharField(
        max_length=LONGEST_LIST,
        label=gettext_lazy("Words and phrases, one per line"),
        widget=lines(6),
        help_text=gettext_lazy("Match as whole words, also disguised: a1rdrop, a i r d r o p."),
    )
    case_sensitive = forms.BooleanField(
        required=False, label=gettext_lazy("Match case and no disguised spellings")
    )

    @property
    def config(self) -> FieldValues:
        return {**super().config, "keywords": lines_of(self.cleaned_data["keywords"])}


class RegexForm(RuleForm):
    type, of_type = "regex", ("pattern", "flags")
    pattern = forms.CharField(
        max_length=1000,
        strip=False,
        widget=forms.TextInput(attrs={"class": "input mono", "spellcheck": "false", "dir": "ltr"}),
        help_text=gettext_lazy(
            "RE2: no lookahead, no backreferences. Matches the text as it was sent."
        ),
    )
    flags = forms.MultipleChoiceField(
        choices=FLAGS, required=False, widget=forms.CheckboxSelectMultiple, initial=["i"]
    )


class CategoryForm(RuleForm):
    type, of_type = "category", ("category", "at_least")
    category = forms.ChoiceField(choices=named(Category))
    at_least = forms.FloatField(
        min_value=0,
        max_value=1,
        initial=0.6,
        label=gettext_lazy("Minimum score"),
        help_text=gettext_lazy("0 to 1."),
    )


class PiiForm(RuleForm):
    type, of_type = "pii", ("types",)
    types = forms.MultipleChoiceField(
        choices=named(PiiType),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Any of these"),
    )


class SpamForm(RuleForm):
    type, of_type = "spam", ("signals",)
    signals = forms.MultipleChoiceField(
        choices=named(SIGNALS),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Any of these signals"),
    )


class UserForm(RuleForm):
    type, of_type = "user", ("user_ids",)
    user_ids = forms.CharField(
        max_length=LONGEST_LIST,
        label=gettext_lazy("Author ids, one per line"),
        widget=lines(6),
        help_text=gettext_lazy(
            "Ids as your app sends them. Enter ids as examples and texts to try, too."
        ),
    )

    @property
    def config(self) -> FieldValues:
        return {"user_ids": lines_of(self.cleaned_data["user_ids"])}


class AiPromptForm(RuleForm):
    type, of_type = "ai_prompt", ("prompt",)
    action = forms.ChoiceField(choices=ACTIONS[:2], initial="flag")
    prompt = forms.CharField(
        max_length=LONGEST_PROMPT,
        widget=lines(4),
        help_text=gettext_lazy(
            "When does the rule apply? The message goes to the AI provider that this "
            "installation uses. If it does not answer, the rule does not match."
        ),
    )


FORMS: Mapping[str, type[RuleForm]] = {
    form.type: form
    for form in (
        KeywordForm,
        RegexForm,
        CategoryForm,
        PiiForm,
        SpamForm,
        UserForm,
        AiPromptForm,
    )
}


def form_of(kind: str) -> type[RuleForm]:
    """Return the form of a type, the keyword form for an unknown one."""
    return FORMS.get(kind, KeywordForm)


def initial_values(draft: Draft) -> FieldValues:
    """Return a rule's fields as its form shows them."""
    state = "off" if not draft.is_active else "shadow" if draft.shadow else "on"
    examples = {name: "\n".join(texts) for name, texts in draft.examples.items()}
    config = dict(draft.config)
    for name in ("keywords", "user_ids"):
        if name in config:
            config[name] = "\n".join(config[name])
    config.setdefault("flags", [])
    plain = {"name": draft.name, "action": draft.action, "priority": draft.priority}
    return {**plain, "state": state, **examples, **config}
