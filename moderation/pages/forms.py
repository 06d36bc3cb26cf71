"""Forms of the console: they check what was typed; the service called next may still refuse it."""

from collections.abc import Mapping
from typing import Any

from django import forms

from moderation.lib.errors import GavelError, Invalid

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


class ConsoleForm(forms.Form):
    """A form with the console's look; `components/_field.html` shows one field."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "field-%s")
        super().__init__(*args, **options)
        for field in self.fields.values():
            widget = field.widget
            name = next((CLASSES[kind] for kind in type(widget).__mro__ if kind in CLASSES), None)
            widget.attrs.setdefault("class", "input" if name is None else name)
            widget.attrs.setdefault("autocomplete", "off")

    def refuse(self, error: GavelError) -> None:
        """Show a service's refusal at its field, or above the form if the form lacks that field."""
        if isinstance(error, Invalid) and error.field in self.fields:
            self.add_error(error.field, error.detail[:1].upper() + error.detail[1:])
        elif isinstance(error, Invalid):
            self.add_error(None, f"{error.field}: {error.detail}")
        else:
            self.add_error(None, error.detail)
