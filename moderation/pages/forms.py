"""Forms of the console: they read what was typed; the service that is called then may refuse it."""

from collections.abc import Mapping
from typing import Any

from django import forms

from moderation.errors import GavelError, Invalid

CLASSES: Mapping[type[forms.Widget], str] = {
    forms.Textarea: "textarea",
    forms.Select: "select",
    forms.CheckboxInput: "",
    forms.RadioSelect: "",
    forms.CheckboxSelectMultiple: "",
    forms.FileInput: "",
    forms.HiddenInput: "",
}


class HouseForm(forms.Form):
    """A form in the console's look, which `components/_field.html` shows field by field."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "field-%s")
        super().__init__(*args, **options)
        for field in self.fields.values():
            widget = field.widget
            name = next((CLASSES[kind] for kind in type(widget).__mro__ if kind in CLASSES), None)
            widget.attrs.setdefault("class", "input" if name is None else name)
            widget.attrs.setdefault("autocomplete", "off")

    def refuse(self, error: GavelError) -> None:
        """Put a service's refusal at its field, or over the form where it has none here."""
        if isinstance(error, Invalid) and error.field in self.fields:
            self.add_error(error.field, _sentence(error.detail))
        elif isinstance(error, Invalid):
            self.add_error(None, f"{error.field}: {error.detail}")
        else:
            self.add_error(None, error.detail)


def _sentence(detail: str) -> str:
    return detail[:1].upper() + detail[1:]
