"""Limit how often someone may try to sign in, so that nobody can lock another out."""

import ipaddress
import secrets

from django.contrib.auth.models import User
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from moderation.lib.rate_limit import Allowance, take

#: Tries from one address: more than a person who forgot the password needs.
SIGN_INS_PER_MINUTE, SIGN_INS_PER_HOUR = 10, 60
#: Tries for one name from anywhere: too few to guess a password.
SIGN_INS_PER_NAME_AND_MINUTE = 10
#: Mails with a link to a new password, to one address of the network.
RESETS_PER_MINUTE, RESETS_PER_HOUR = 3, 10
#: A household or a server has at least so many bits of IPv6 addresses to itself.
IPV6_PREFIX = 64
DEVICE_SALT = "gavel.device"
#: A year.
DEVICE_SECONDS = 365 * 86_400


def allow_sign_in(address: str, username: str, device: str = "") -> int:
    """Count a try to sign in; return how many seconds to wait, 0 if it is allowed.

    An address over its limit does not count against the name, and a device on which this person
    signed in before has a limit of its own: strangers cannot use up either, not even behind the
    same address.
    device: the value of the device's cookie.
    """
    if known := known_device(device, username):
        return _wait_after(
            take(
                f"sign-in-device:{known}",
                per_minute=SIGN_INS_PER_NAME_AND_MINUTE,
                per_hour=SIGN_INS_PER_HOUR,
            )
        )
    by_address = take(
        f"sign-in:{network_of(address)}",
        per_minute=SIGN_INS_PER_MINUTE,
        per_hour=SIGN_INS_PER_HOUR,
    )
    if by_address and by_address.retry_after:
        return by_address.retry_after
    name = username.casefold()[:150]
    return _wait_after(
        take(f"sign-in-as:{name}", per_minute=SIGN_INS_PER_NAME_AND_MINUTE, per_hour=None)
    )


def allow_reset(address: str) -> int:
    """Count a request for a mail; return how many seconds to wait, 0 if it is allowed."""
    return _wait_after(
        take(f"reset:{network_of(address)}", per_minute=RESETS_PER_MINUTE, per_hour=RESETS_PER_HOUR)
    )


def _wait_after(allowance: Allowance | None) -> int:
    return allowance.retry_after if allowance else 0


def network_of(address: str) -> str:
    """Return what an attacker would have to change: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))


# --- Known devices


def device_of(person: User) -> str:
    """Return the value of a cookie for a device on which the person has just signed in."""
    return signing.dumps([person.pk, secrets.token_hex(8), _proof(person)], salt=DEVICE_SALT)


def known_device(device: str, username: str) -> str:
    """Return the id of a device on which this person signed in with today's password, or ""."""
    try:
        pk, number, proof = signing.loads(device, salt=DEVICE_SALT, max_age=DEVICE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    person = User.objects.filter(pk=pk, username=username).first()
    return number if person and constant_time_compare(proof, _proof(person)) else ""


def _proof(person: User) -> str:
    """Return what changes with the password, without telling anything about it."""
    return salted_hmac(DEVICE_SALT, person.password, algorithm="sha256").hexdigest()[:16]
