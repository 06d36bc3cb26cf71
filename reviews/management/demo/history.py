"""Write the demo's thirty days: chat, incidents and the work of its moderators, oldest first."""

from datetime import datetime, timedelta
from functools import partial
from random import Random

from moderation.identity import Caller
from moderation.models import Project
from moderation.rules import create_rule
from reviews.management.demo.community import Author
from reviews.management.demo.desk import Desk
from reviews.management.demo.incidents import plan_incidents
from reviews.management.demo.pleas import plan_pleas
from reviews.management.demo.rhythm import starts
from reviews.management.demo.sign_in import ADMIN
from reviews.management.demo.stage import Stage
from reviews.management.demo.talk import Talk

SEED = "a town with a river"
BEGUN = timedelta(days=30)
#: Shadows, so that there is something to judge by, and a draft that waits.
RULES = (
    {
        "name": "too many links",
        "type": "spam",
        "action": "reject",
        "shadow": True,
        "config": {"signals": ["links"]},
    },
    {
        "name": "giveaways",
        "type": "keyword",
        "action": "flag",
        "priority": 20,
        "shadow": True,
        "config": {"keywords": ["giveaway", "free skins"]},
        "examples": {
            "must_match": ["FREE SK1NS here"],
            "must_not_match": ["give away the ball"],
        },
    },
    {
        "name": "match tickets",
        "type": "regex",
        "action": "warn",
        "is_active": False,
        "config": {"pattern": "sell(ing)? +tickets?", "flags": ["i"]},
    },
)


def write_history(project: Project, callers: dict[str, Caller], now: datetime) -> None:
    """Let everything happen that the demo shows; the same for the same moment of the load.

    callers: the moderators and the administrator, by name.
    """
    for rule in RULES:
        create_rule(project, ADMIN, rule, now - BEGUN)
    rng = Random(SEED)  # noqa: S311 (believable, not secret)
    stage = Stage(project, rng, now)
    desk = Desk(stage, callers)
    desk.open()
    plan_incidents(stage, desk)
    plan_pleas(stage, callers)
    talk = Talk(rng)
    for moment, language in starts(rng, now):
        stage.at(moment, partial(_converse, stage, talk, language))
    stage.run()


def _converse(stage: Stage, talk: Talk, language: str, now: datetime) -> None:
    """Deal a conversation when it begins: by then it is known who is banned."""

    def is_out(author: Author, channel: str) -> bool:
        return stage.is_out(author, channel, now)

    stage.play(talk.scene(language, age=stage.age(now), is_out=is_out), now)
