"""Who may answer an appeal: anyone but the first decider, who may only if nobody else can."""

from django.db.models import QuerySet

from moderation.accounts.actors import behind
from moderation.accounts.callers import Caller
from moderation.accounts.permissions import roles_that_may
from moderation.lib.errors import Forbidden
from moderation.models import Membership, ModerationLog
from reviews.models import Appeal, Decision, DecisionKind, ReviewItem


def rejections_in_effect(log: ModerationLog) -> QuerySet[Decision]:
    """Return the rejections of the content that were not undone, newest first."""
    return Decision.objects.in_effect().filter(review__log=log, ruling=DecisionKind.REJECT)


def refuse_first_decider(appeal: Appeal, item: ReviewItem | None, caller: Caller) -> bool:
    """Raise Forbidden for the first decider; return True if they may because nobody else can.

    An automatic verdict bars nobody.
    """
    if is_barred(appeal, item, caller):
        raise Forbidden("you made the first decision: another member of the project must answer")
    return is_first_decider(appeal, caller)


def is_barred(appeal: Appeal, item: ReviewItem | None, caller: Caller) -> bool:
    """Say whether the caller decided first and another member can answer."""
    if not is_first_decider(appeal, caller):
        return False
    return other_deciders(item, caller, first_deciders(appeal)).exists()


def is_first_decider(appeal: Appeal, caller: Caller) -> bool:
    """Say whether the caller decided first: in person, by a key, or as the maker of a key."""
    return bool(behind(caller.full_identity) & first_deciders(appeal))


def first_deciders(appeal: Appeal) -> set[str]:
    """Return the identities behind the rejections of the content and behind the ban."""
    log = appeal.log or (appeal.ban.log if appeal.ban else None)
    decisions = rejections_in_effect(log).values_list("decider", "key_maker") if log else ()
    identities = {identity for pair in decisions for identity in pair if identity}
    return identities | (behind(appeal.ban.issuer) if appeal.ban else set())


def other_deciders(
    item: ReviewItem | None, caller: Caller, identities: set[str]
) -> QuerySet[Membership]:
    """Return the members who may decide and did not make the first decision."""
    action = "claim_escalated" if item and item.escalated else "review"
    members = Membership.objects.filter(
        project=caller.project, role__in=roles_that_may(action), user__is_active=True
    )
    people = identities | behind(caller.full_identity)
    barred = [name.removeprefix("user:") for name in people if name.startswith("user:")]
    return members.exclude(user__in=[int(key) for key in barred])
