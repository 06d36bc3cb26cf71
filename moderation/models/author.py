"""An author in a channel or in the whole project, as sanctions apply to them."""

from dataclasses import dataclass, replace
from typing import Self

from moderation.engine.verdict.policy import Policy
from moderation.models.projects import Project

#: In `channel_id`: the whole project (a real channel has a name).
WHOLE_PROJECT = ""


@dataclass(frozen=True, slots=True)
class Author:
    """An end user of the app, named by the app's own ids."""

    project: Project
    user_id: str
    channel_id: str = WHOLE_PROJECT

    def in_scope(self, policy: Policy) -> Self:
        """Return the author where strikes and bans count: the channel, or the whole project."""
        return self.across_project() if policy.ban_scope == "project" else self

    def across_project(self) -> Self:
        return replace(self, channel_id=WHOLE_PROJECT)
