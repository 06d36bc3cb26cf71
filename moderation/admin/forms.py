"""Forms that hand what was typed to the service that owns the write."""

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms
from django.db.models import Model

from moderation.errors import GavelError, Invalid

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:
    ModelForm = forms.ModelForm
else:

    class ModelForm(forms.ModelForm):
        """Django's form; takes a type parameter, which only the type checker reads."""

        def __class_getitem__(cls, _model: Any) -> type:
            return cls


class ServiceForm(ModelForm[M]):
    """Stores nothing itself: the last step of validation is the service, which may refuse.

    So a refusal stands at its field and nothing that was typed is lost. The admin validates in a
    transaction, which takes the write back where the page fails afterwards.
    """

    #: Who is signed in; the admin sets it on the class that it makes for the request.
    actor: ClassVar[str] = ""

    def perform(self) -> M:
        """Call the service with `cleaned_data`; return the stored row."""
        raise NotImplementedError

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance = self.perform()
        except GavelError as error:
            self.add_error(self._field_of(error), error.detail)

    def _field_of(self, error: GavelError) -> str | None:
        is_ours = isinstance(error, Invalid) and error.field in self.fields
        return error.field if isinstance(error, Invalid) and is_ours else None
