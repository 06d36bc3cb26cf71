"""Lock an author's row, so that their messages are counted one after the other."""

from collections.abc import Iterable

from moderation.engine.verdict.policy import Policy
from moderation.lib.prepared_insert import PreparedInsert
from moderation.models import Author, AuthorStanding

# If the row exists, writing its own value locks it: one statement creates or locks.
_insert_and_lock = PreparedInsert(
    AuthorStanding,
    "ON CONFLICT (project_id, user_id, channel_id) DO UPDATE SET channel_id = excluded.channel_id",
)


def lock_author(author: Author, policy: Policy) -> None:
    """Lock the author's row until the caller's transaction ends; create it if there is none."""
    lock_authors([author.in_scope(policy)])


def lock_authors(scoped: Iterable[Author]) -> None:
    """Lock different authors, each where their sanctions count, in this order.

    All who lock several take one order, so that no two wait for each other.
    """
    _insert_and_lock(
        *(
            AuthorStanding(project=one.project, user_id=one.user_id, channel_id=one.channel_id)
            for one in scoped
        )
    )
