"""Numbers that are nobody's: in links, rows, dates and programs; and the same digits as data."""

import pytest

from tests.engine.judging import found_in

NOBODYS = [
    "thread 2125550123",
    "INT_MAX 2147483647",
    "error 2147942405",
    "block 2125550123 of the disk",
    "2^32 = 4294967296",
    '{"id": 4155551234, "ts": 1716239022}',
    "https://www.ebay.com/itm/4155551234",
    "https://drive.google.com/file/d/4111111111111111",
    "see /orders/2125550123 in the admin",
    "Dimensions 200 30 1500 mm",
    "I have 300 50 1000 coins",
    "Rooms 101 11 1001",
    "el 101 12 2024",
    "system call 1234567 failed",
    "mobile users 12500000",
    "registered 1234567 users",
    "john@",
]
DATA = [
    ("call me at 4155551234", "PHONE"),
    ("my number is 415-555-1234", "PHONE"),
    ("(415) 555-2671", "PHONE"),
    ("text me 4155552671", "PHONE"),
    ("https://wa.me/14155552671", "PHONE"),
    ("+92-300-1234567", "PHONE"),
    ("ssn 123-45-6789", "US_SSN"),
    ("my social security number is 123 45 6789", "US_SSN"),
    ("123-45-6789", "US_SSN"),
    ("card 4111 1111 1111 1111", "CREDIT_CARD"),
    ("ip=84.23.110.7", "IP_ADDRESS"),
    ("write me: john (at) example (dot) com", "EMAIL"),
    ("john[at]example[dot]com", "EMAIL"),
    ("john.smith @ gmail . com", "EMAIL"),
    ("juan arroba gmail punto com", "EMAIL"),
]


@pytest.mark.parametrize("text", NOBODYS)
def test_it_is_no_personal_data(text):
    assert found_in(text).pii == ()


@pytest.mark.parametrize(("text", "kind"), DATA)
def test_it_is_personal_data(text, kind):
    assert [str(found.type) for found in found_in(text).pii] == [kind]
