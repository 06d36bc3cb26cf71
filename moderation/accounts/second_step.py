"""Whether a person must set up a second step of signing in first."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def lacks_second_step(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Say whether REQUIRE_SECOND_STEP asks for one that the person has not set up.

    Who has no password here signs in elsewhere, where the second step is asked for.
    """
    if not settings.REQUIRE_SECOND_STEP or not isinstance(user, AbstractBaseUser):
        return False
    if not user.has_usable_password():
        return False
    has_step = Authenticator.objects.filter(user_id=user.pk, type__in=STEPS).exists()
    return not has_step
