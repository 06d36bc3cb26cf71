"""What a form offers is in the page's language, however its choices were made."""

import importlib
import pkgutil

import pytest
from django.utils import translation

import moderation.pages
import reviews.pages
from moderation.pages.forms import ConsoleForm
from reviews.casefile.figure_rows import FigureFilter

#: The same word in Spanish.
SAME = {"CSV", "Email", "Excel", "IBAN", "JSON", "no"}
SAME |= {"Emojis", "Hashtags", "Sexual", "Spam", "sexual", "spam"}


def forms():
    for package in (moderation.pages, reviews.pages):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    found = [ConsoleForm]
    for form in found:
        found += form.__subclasses__()
    return found


def shown_choices():
    """Yield each choice that a person reads: where it is, its value and its text."""
    fields = [(form, field) for form in forms() for field in form.base_fields.items()]
    fields += [
        (FigureFilter, (name, made.field)) for name, made in FigureFilter.base_filters.items()
    ]
    for form, (name, field) in fields:
        if not field.widget.is_hidden:
            for value, text in getattr(field, "choices", ()):
                yield f"{form.__name__}.{name}: {value}", text


def test_every_choice_of_a_form_is_translated():
    in_english, in_spanish = [], []
    for language, texts in (("en", in_english), ("es", in_spanish)):
        with translation.override(language):
            texts += [(where, str(text)) for where, text in shown_choices()]
    assert len(in_english) > 200
    alike = set(in_english) & set(in_spanish)
    assert sorted(where for where, text in alike if text not in SAME) == []


@pytest.mark.django_db
def test_a_words_form_offers_its_choices_in_spanish(signed_in):
    page = signed_in("admin").get("/p/arena/blacklist/new", headers={"Accept-Language": "es"})
    assert ">Acoso</option>" in page.content.decode()
    assert "Harassment" not in page.content.decode()
