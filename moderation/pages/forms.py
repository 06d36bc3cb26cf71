"""Forms of the console: they check what was typed; the service called next may still refuse it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import pretty_name
from django.utils.translation import gettext

from moderation.lib.errors import GavelError, Invalid
from moderation.lib.languages import gettext_noop
from moderation.pages.refusals import in_words

#: Field → its value, cleaned or as the form shows it.
FieldValues = dict[str, Any]
CLASSES: Mapping[type[forms.Widget], str] = {
    forms.Textarea: "textarea",
    forms.Select: "select",
    forms.CheckboxInput: "",
    forms.RadioSelect: "",
    forms.CheckboxSelectMultiple: "",
    forms.FileInput: "",
    forms.HiddenInput: "",
}

#: Labels that Django makes of a field's name.
FIELD_NAMES = (
    gettext_noop("Action"),
    gettext_noop("Category"),
    gettext_noop("Confirm"),
    gettext_noop("File"),
    gettext_noop("Flags"),
    gettext_noop("Format"),
    gettext_noop("Kind"),
    gettext_noop("Language"),
    gettext_noop("Match"),
    gettext_noop("Name"),
    gettext_noop("Notes"),
    gettext_noop("Outcome"),
    gettext_noop("Password"),
    gettext_noop("Pattern"),
    gettext_noop("Priority"),
    gettext_noop("Prompt"),
    gettext_noop("Reason"),
    gettext_noop("Role"),
    gettext_noop("Sanction"),
    gettext_noop("Search"),
    gettext_noop("Severity"),
    gettext_noop("Since"),
    gettext_noop("State"),
    gettext_noop("Type"),
    gettext_noop("Until"),
    gettext_noop("Where"),
    gettext_noop("Word"),
)


class ConsoleForm(forms.Form):
    """A form with the console's look; `components/_field.html` shows one field."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "field-%s")
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if field.label is None:
                field.label = gettext(pretty_name(name))
            widget = field.widget
            look = next((CLASSES[kind] for kind in type(widget).__mro__ if kind in CLASSES), None)
            widget.attrs.setdefault("class", "input" if look is None else look)
            widget.attrs.setdefault("autocomplete", "off")

    def refuse(self, error: GavelError) -> None:
        """Show a service's refusal at its field, or above the form if the form lacks that field."""
        detail = in_words(error.detail)
        if isinstance(error, Invalid) and error.field in self.fields:
            self.add_error(error.field, detail[:1].upper() + detail[1:])
        elif isinstance(error, Invalid):
            self.add_error(None, f"{error.field}: {detail}")
        else:
            self.add_error(None, detail)
