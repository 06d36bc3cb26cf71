"""Who may answer an appeal: not who decided first, unless nobody else can."""

from django.db.models import Q, QuerySet

from moderation.errors import Forbidden
from moderation.identity import Caller, roles_that_may
from moderation.models import Membership, ModerationLog
from reviews.models import Appeal, Decision, ReviewItem, Ruling


def standing_rejections(log: ModerationLog) -> QuerySet[Decision]:
    """Return the rulings against the content that were not taken back, the newest first."""
    return Decision.objects.standing().filter(review__log=log, ruling=Ruling.REJECT)


def refuse_first_decider(appeal: Appeal, item: ReviewItem | None, caller: Caller) -> bool:
    """Forbid who decided what is appealed; return True where they may because nobody else may.

    An automatic verdict bars nobody.
    """
    if is_barred(appeal, item, caller):
        raise Forbidden("you decided this first: another member of the project must answer")
    return is_first_decider(appeal, caller)


def is_barred(appeal: Appeal, item: ReviewItem | None, caller: Caller) -> bool:
    """Say whether the caller decided first and another member may answer."""
    if not is_first_decider(appeal, caller):
        return False
    return other_deciders(item, caller, *first_deciders(appeal)).exists()


def is_first_decider(appeal: Appeal, caller: Caller) -> bool:
    identities, issuer = first_deciders(appeal)
    return caller.identity in identities or caller.name == issuer


def first_deciders(appeal: Appeal) -> tuple[set[str], str | None]:
    """Return the identities of those who ruled against the content, and who issued the ban."""
    log = appeal.log or (appeal.ban.log if appeal.ban else None)
    rulings = standing_rejections(log).values_list("decider", flat=True) if log else ()
    return set(rulings), appeal.ban.issued_by if appeal.ban else None


def other_deciders(
    item: ReviewItem | None, caller: Caller, identities: set[str], issuer: str | None
) -> QuerySet[Membership]:
    """Return the members who may decide and have not decided first."""
    action = "claim_escalated" if item and item.escalated else "review"
    members = Membership.objects.filter(
        project=caller.project, role__in=roles_that_may(action), user__is_active=True
    )
    barred = [name.removeprefix("user:") for name in identities if name.startswith("user:")]
    own = Q(user=caller.user) if caller.user else Q(pk=None)
    return members.exclude(Q(user__in=barred) | Q(user__username=issuer or "") | own)
