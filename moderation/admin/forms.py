"""Forms that pass their fields to the service that owns the write."""

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model

from moderation.lib.errors import GavelError, Invalid
from moderation.lib.json_types import JsonObject

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:
    ModelForm = forms.ModelForm
else:

    class ModelForm(forms.ModelForm):
        """Django's form, with a type parameter for the type checker."""

        def __class_getitem__(cls, _model: Any) -> type:
            return cls


class ServiceForm(ModelForm[M]):
    """Stores nothing itself: the last step of validation calls the service, which may refuse.

    The error then appears at its field, and nothing typed is lost. The admin validates in a
    transaction, which reverts the write if the page fails afterwards.
    """

    #: The signed-in person and their name; the admin sets both on the class of the request.
    actor: ClassVar[str] = ""
    person: ClassVar[User]

    def perform(self) -> M:
        """Call the service with `cleaned_data`; return the stored row."""
        raise NotImplementedError

    def changes(self) -> JsonObject:
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance = self.perform()
        except GavelError as error:
            field = error.field if isinstance(error, Invalid) else None
            self.add_error(field if field in self.fields else None, error.detail)
