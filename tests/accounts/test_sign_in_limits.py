"""Limits on signing in: enough against guessing, and nobody locks another out."""

import pytest
from django.contrib.auth.models import User

from moderation.accounts.sign_in import (
    SIGN_INS_PER_MINUTE,
    SIGN_INS_PER_NAME_AND_MINUTE,
    allow_sign_in,
    device_of,
    known_device,
    network_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]
ATTACKER, OWNER = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def noor():
    return User.objects.create_user("noor", password="a sentence that is long")


def try_often(count, address=ATTACKER, name="noor", device=""):
    """Try so often; return how many tries were allowed."""
    return sum(allow_sign_in(address, name, device) == 0 for _ in range(count))


def test_one_address_cannot_use_up_the_tries_of_a_name(noor):
    assert try_often(100, name="somebody else") == SIGN_INS_PER_MINUTE
    assert try_often(100) == 0
    assert allow_sign_in(OWNER, "noor") == 0


def test_address_has_a_limit_whatever_the_names(noor):
    assert sum(allow_sign_in(ATTACKER, f"name{n}") == 0 for n in range(50)) == SIGN_INS_PER_MINUTE


def test_name_has_a_limit_from_many_addresses(noor):
    allowed = sum(allow_sign_in(f"192.0.2.{n}", "noor") == 0 for n in range(50))
    assert allowed == SIGN_INS_PER_NAME_AND_MINUTE


def test_device_that_signed_in_before_passes_all_the_same(noor):
    device = device_of(noor)
    for number in range(50):
        allow_sign_in(f"192.0.2.{number}", "noor")
    assert allow_sign_in(OWNER, "noor") > 0
    assert allow_sign_in(OWNER, "noor", device) == 0


def test_known_device_passes_behind_an_address_that_somebody_else_uses_up(noor):
    """A school, an office or a household has one address."""
    device = device_of(noor)
    try_often(100, name="somebody else")
    assert allow_sign_in(ATTACKER, "noor") > 0
    assert allow_sign_in(ATTACKER, "noor", device) == 0


def test_known_device_has_a_limit_too(noor):
    device = device_of(noor)
    allowed = sum(allow_sign_in(f"192.0.2.{n}", "noor", device) == 0 for n in range(50))
    assert allowed == SIGN_INS_PER_NAME_AND_MINUTE


def test_device_is_known_for_its_person_and_their_password_alone(noor):
    User.objects.create_user("omar", password="a sentence that is long")
    device = device_of(noor)
    assert known_device(device, "noor")
    assert [known_device(one, "noor") for one in ("", "x", f"{device}x")] == ["", "", ""]
    assert known_device(device, "omar") == ""
    noor.set_password("another sentence")
    noor.save()
    assert known_device(device, "noor") == ""


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_ipv6_counts_by_network(address, network):
    assert network_of(address) == network


def test_addresses_of_one_ipv6_network_share_a_limit(noor):
    allowed = sum(allow_sign_in(f"2001:db8::{n:x}", f"name{n}") == 0 for n in range(1, 50))
    assert allowed == SIGN_INS_PER_MINUTE
