"""Ask before something is done that hurts, in a dialog or on a page; do once what is shown once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse

from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage

#: In the session: which forms were done already.
DONE, MOST_DONE = "done_once", 40


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


class OncePage(ProjectPage):
    """A page whose form makes a secret: loaded again, it makes no other one."""

    def fresh_once(self) -> str:
        """Return what the form's hidden field `once` begins with."""
        return secrets.token_hex(8)

    def was_done(self, once: str) -> bool:
        return bool(once) and once in self.request.session.get(DONE, [])

    def note_done(self, once: str) -> None:
        session = self.request.session
        session[DONE] = [*session.get(DONE, []), once][-MOST_DONE:]
