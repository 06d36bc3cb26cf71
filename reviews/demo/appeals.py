"""The demo's appeals and their answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from moderation.accounts.callers import Caller
from moderation.models import ModerationLog
from reviews.appeals.answer import Answer, decide_appeal, find_appeal
from reviews.appeals.ask import appeal
from reviews.appeals.second_reviewer import is_barred
from reviews.demo.stage import Stage
from reviews.models import AppealStatus
from reviews.queue.items import current_item


@dataclass(frozen=True)
class DemoAppeal:
    #: How long before the load.
    age: timedelta
    language: str
    statement: str
    #: "" leaves the appeal open.
    outcome: str = ""
    answer: str = ""
    after: timedelta = timedelta(hours=3)


APPEALS = (
    DemoAppeal(
        timedelta(days=21, hours=5), "en",
        "That is a line from the film we all quoted that evening. Nobody took it as meant.",
        "overturned", "You are right, read with the lines before it that is a quote. Sorry.",
    ),
    DemoAppeal(
        timedelta(days=12, hours=2), "es",
        "Era una broma entre amigos, él mismo se rió.",
        "upheld", "Entendemos la broma, pero el mensaje iba contra alguien que no es del grupo.",
        timedelta(hours=7),
    ),
    DemoAppeal(
        timedelta(days=4, hours=6), "en",
        "I was only repeating what he had called me, to report it.",
        "overturned", "Quoting it to report it is fine. The message is back.",
        timedelta(hours=2),
    ),
    DemoAppeal(
        timedelta(hours=5), "en", "Autocorrect. I wrote something else entirely, see the rest.",
    ),
    DemoAppeal(timedelta(hours=2), "ur-Latn", "Yeh mazaq tha, hum roz aise baat karte hain."),
)  # fmt: skip


def plan_appeals(stage: Stage, callers: dict[str, Caller]) -> None:
    for planned in APPEALS:
        stage.at(stage.until - planned.age, partial(_appeal, stage, callers, planned))


def _appeal(stage: Stage, callers: dict[str, Caller], planned: DemoAppeal, now: datetime) -> None:
    """Appeal the newest hidden message of that language that nobody has appealed."""
    hidden = ModerationLog.objects.filter(
        project=stage.project, is_approved=False, appeals=None, judged_at__lte=now
    ).exclude(action="user_banned")
    in_language = hidden.filter(language=planned.language).order_by("-judged_at", "message_id")
    log = in_language.select_related("project").first()
    if log is None:
        return
    stored, _ = appeal(log, planned.statement, now=now)
    if planned.outcome:
        stage.at(now + planned.after, partial(_answer, callers, stored.pk, planned))


def _answer(
    callers: dict[str, Caller], appeal_id: UUID, planned: DemoAppeal, now: datetime
) -> None:
    stored = find_appeal(callers["admin"].project, appeal_id)
    item = current_item(stored.log) if stored.log else None
    if stored.status != AppealStatus.OPEN:
        return
    reviewers = [callers[name] for name in ("noor", "teo", "admin")]
    caller = next(one for one in reviewers if not is_barred(stored, item, one))
    decide_appeal(appeal_id, Answer(planned.outcome, planned.answer), caller, now=now)
