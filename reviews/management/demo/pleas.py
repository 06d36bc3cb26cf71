"""The demo's authors who ask for another look, and the answers that others give them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from moderation.identity import Caller
from moderation.models import ModerationLog
from reviews import appeals
from reviews.deciders import is_barred
from reviews.management.demo.stage import Stage
from reviews.models import AppealStatus
from reviews.queue import current_item


@dataclass(frozen=True)
class Plea:
    #: Before the load.
    age: timedelta
    language: str
    statement: str
    #: Without an outcome it still waits.
    outcome: str = ""
    answer: str = ""
    after: timedelta = timedelta(hours=3)


PLEAS = (
    Plea(
        timedelta(days=21, hours=5), "en",
        "That is a line from the film we all quoted that evening. Nobody took it as meant.",
        "overturned", "You are right, read with the lines before it that is a quote. Sorry.",
    ),
    Plea(
        timedelta(days=12, hours=2), "es",
        "Era una broma entre amigos, él mismo se rió.",
        "upheld", "Entendemos la broma, pero el mensaje iba contra alguien que no es del grupo.",
        timedelta(hours=7),
    ),
    Plea(
        timedelta(days=4, hours=6), "en",
        "I was only repeating what he had called me, to report it.",
        "overturned", "Quoting it to report it is fine. The message is back.",
        timedelta(hours=2),
    ),
    Plea(timedelta(hours=5), "en", "Autocorrect. I wrote something else entirely, see the rest."),
    Plea(timedelta(hours=2), "ur-Latn", "Yeh mazaq tha, hum roz aise baat karte hain."),
)  # fmt: skip


def plan_pleas(stage: Stage, callers: dict[str, Caller]) -> None:
    for plea in PLEAS:
        stage.at(stage.until - plea.age, partial(_appeal, stage, callers, plea))


def _appeal(stage: Stage, callers: dict[str, Caller], plea: Plea, now: datetime) -> None:
    """Appeal the newest message of that language that may not be shown, of somebody new to it."""
    hidden = ModerationLog.objects.filter(
        project=stage.project, is_approved=False, appeals=None, judged_at__lte=now
    ).exclude(action="user_banned")
    spoken = hidden.filter(language=plea.language).order_by("-judged_at", "message_id")
    log = spoken.select_related("project").first()
    if log is None:
        return
    made, _ = appeals.appeal(log, plea.statement, now=now)
    if plea.outcome:
        stage.at(now + plea.after, partial(_answer, callers, made.pk, plea))


def _answer(callers: dict[str, Caller], appeal_id: UUID, plea: Plea, now: datetime) -> None:
    project = callers["admin"].project
    found = appeals.find_appeal(project, appeal_id)
    item = current_item(found.log) if found.log else None
    if found.status != AppealStatus.OPEN:
        return
    free = [callers[name] for name in ("noor", "teo", "admin")]
    caller = next(one for one in free if not is_barred(found, item, one))
    answer = appeals.Answer(plea.outcome, plea.answer)
    appeals.decide_appeal(appeal_id, answer, caller, now=now)
