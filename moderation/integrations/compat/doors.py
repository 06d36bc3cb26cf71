"""The scoring calls that the lane answers, by their addresses."""

from collections.abc import Mapping

from moderation.integrations.compat import openai_moderations
from moderation.integrations.compat.perspective import views as perspective
from moderation.lane.doors import Door

OPENAI = Door(openai_moderations.door)
PERSPECTIVE = Door(perspective.door, takes_shown_key=True)
DOORS: Mapping[str, Door] = {
    "/v1/moderations": OPENAI,
    "/v1alpha1/comments:analyze": PERSPECTIVE,
    "/perspective/v1alpha1/comments:analyze": PERSPECTIVE,
}
