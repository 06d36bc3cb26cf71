"""Ask before something is done that hurts: in a dialog, or without JavaScript on a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse

from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage


@dataclass(frozen=True)
class Question:
    title: str
    #: What will happen, in sentences.
    sentences: Sequence[str]
    #: What the button says and does.
    verb: str
    #: Where "Cancel" leads.
    back: str
    #: The page that it is asked on, for the heading.
    page: str
    form: HouseForm | None = None


class AskingPage(ProjectPage):
    """A page of an action: GET asks, POST does it and leads back."""

    def ask(self, question: Question, status: int = 200) -> HttpResponse:
        context = {"question": question, "form": question.form}
        if self.wants_piece:
            return self.piece("moderation/_ask.html", context, status)
        return self.render("moderation/ask.html", context, status)
