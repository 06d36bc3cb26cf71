"""Ask before a harmful action, in a dialog or on a page; show a new secret only once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse

from moderation.pages.forms import ConsoleForm
from moderation.pages.shell import PageContext, ProjectPage

#: The session key that lists the forms already submitted, and how many it lists.
DONE, MOST_DONE = "done_once", 40


@dataclass(frozen=True)
class Question:
    title: str
    #: What will happen, one sentence each.
    sentences: Sequence[str]
    #: The label of the button; empty if there is nothing to confirm.
    verb: str
    #: Where "Cancel" leads.
    back: str
    #: The heading of the page.
    page: str
    form: ConsoleForm | None = None


class ConfirmationPage(ProjectPage):
    """A page of an action: GET asks for confirmation, POST acts and redirects back."""

    def confirm(self, question: Question, status: int = 200) -> HttpResponse:
        context: PageContext = {"question": question, "form": question.form}
        if self.wants_piece:
            return self.piece("moderation/_ask.html", context, status)
        return self.render("moderation/ask.html", context, status)


class OncePage(ProjectPage):
    """A page whose form creates a secret; reloading the answer creates no second one."""

    def fresh_once(self) -> str:
        """Return the value of the form's hidden field `once`."""
        return secrets.token_hex(8)

    def was_done(self, once: str) -> bool:
        return bool(once) and once in self.request.session.get(DONE, [])

    def note_done(self, once: str) -> None:
        session = self.request.session
        session[DONE] = [*session.get(DONE, []), once][-MOST_DONE:]
