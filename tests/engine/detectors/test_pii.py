"""Personal data of six types, and numbers that are none."""

import pytest

from tests.engine.judging import found_in, verdict_on

PERSONAL = [
    ("mail JOHN.doe+x@Example.co.uk now", "EMAIL", "JOHN.doe+x@Example.co.uk"),
    ("call +92-300-1234567", "PHONE", "+92-300-1234567"),
    ("call 0300-1234567", "PHONE", "0300-1234567"),
    ("call +1 (212) 555-0187", "PHONE", "+1 (212) 555-0187"),
    ("card 4111 1111 1111 1111 ok", "CREDIT_CARD", "4111 1111 1111 1111"),
    ("card 5500-0000-0000-0004", "CREDIT_CARD", "5500-0000-0000-0004"),
    ("phone 374 780 163", "PHONE", "374 780 163"),
    ("zip 30971/0300 1234567", "PHONE", "0300 1234567"),
    ("card 180051662803027", "CREDIT_CARD", "180051662803027"),
    ("SSN 123-45-6789", "US_SSN", "123-45-6789"),
    ("my ssn is 123456789", "US_SSN", "123456789"),
    ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN", "DE89 3704 0044 0532 0130 00"),
    ("at GB82WEST12345698765432", "IBAN", "GB82WEST12345698765432"),
    ("ping 192.168.1.1.", "IP_ADDRESS", "192.168.1.1"),
    ("ping 2001:db8::ff00:42:8329", "IP_ADDRESS", "2001:db8::ff00:42:8329"),
    # What ends the line above says nothing about the address.
    ("@\na@b.co", "EMAIL", "a@b.co"),
    ("Write to me!\na@b.co", "EMAIL", "a@b.co"),
    ("either/\na@b.co", "EMAIL", "a@b.co"),
    ("the new version\n8.8.4.4", "IP_ADDRESS", "8.8.4.4"),
    ("it is >=\n8.8.4.4", "IP_ADDRESS", "8.8.4.4"),
]
HARMLESS = [
    "See you at 10:30 on 2026-11-21",
    "Read chapter 3, pages 100-120",
    "version 1.2.3.4.5 is out",
    "card 4111 1111 1111 1112",
    "0000 0000 0000 0000",
    "std::vector and a::b",
    "999.999.999.999",
    "that is 1000000 rupees",
    "user@host",
    "on 2018-02-24 12:45:18 it rained",
    "order number 9876501234",
    "order #3001234567",
    "zip 94941 2505",
    "license U62928788557186",
    "we won 21-19 21-18 21-17",
    "build 20240117.1234567",
    "timestamp: 1700000000",
]


@pytest.mark.parametrize(("text", "kind", "cut"), PERSONAL, ids=[cut for *_, cut in PERSONAL])
def test_personal_data_is_found_with_its_type_and_place(text, kind, cut):
    assert [(pii.type, pii.text) for pii in found_in(text).pii] == [(kind, cut)]


@pytest.mark.parametrize("text", HARMLESS)
def test_other_numbers_are_left_alone(text):
    assert found_in(text).pii == ()


def test_padding_does_not_hide_personal_data():
    text = "word " * 1900 + "john@example.com"
    assert found_in(text).pii[0].start == 9500


def test_a_social_number_is_blocked_without_a_strike():
    verdict = verdict_on("SSN 123-45-6789")
    assert (verdict.kind, verdict.reasons) == ("block", ("personal_info",))
    assert not verdict.may_strike


def test_personal_data_adds_nothing_to_the_score():
    verdict = verdict_on("damn, write to a@example.com")
    assert (verdict.kind, verdict.score) == ("flag", 0.4)
    assert verdict.reasons == ("profanity", "personal_info")
    assert verdict.moderator_name == "PII"
