"""Write the demo's thirty days: chat, incidents and the work of its moderators, oldest first."""

from datetime import datetime, timedelta
from functools import partial
from random import Random

from moderation.accounts.callers import Caller
from moderation.models import Project
from moderation.rules import create_rule
from reviews.demo.appeals import plan_appeals
from reviews.demo.community import Author
from reviews.demo.incidents import plan_incidents
from reviews.demo.moderators import Moderators
from reviews.demo.rhythm import starts
from reviews.demo.sign_in import ADMIN
from reviews.demo.stage import Stage
from reviews.demo.talk import Talk

SEED = "a town with a river"
HISTORY = timedelta(days=30)
#: Two shadow rules with something to show, and an inactive draft.
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
    """Play everything that the demo shows; the result depends only on `now`.

    callers: the moderators and the administrator, by name.
    """
    for rule in RULES:
        create_rule(project, ADMIN, rule, now - HISTORY)
    rng = Random(SEED)  # noqa: S311 (believable, not secret)
    stage = Stage(project, rng, now)
    moderators = Moderators(stage, callers)
    moderators.plan_shifts()
    plan_incidents(stage, moderators)
    plan_appeals(stage, callers)
    talk = Talk(rng)
    for moment, language in starts(rng, now):
        stage.at(moment, partial(_converse, stage, talk, language))
    stage.run()


def _converse(stage: Stage, talk: Talk, language: str, now: datetime) -> None:
    """Deal a conversation when it starts, because only then is it known who is banned."""

    def is_out(author: Author, channel: str) -> bool:
        return stage.is_out(author, channel, now)

    stage.play(talk.scene(language, age=stage.age(now), is_out=is_out), now)
