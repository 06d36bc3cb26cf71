"""Codes, names of files and laughter are no shouting; the same shape of spoken words is."""

import pytest

from tests.engine.judging import verdict_on

NOT_SPOKEN = [
    "code MELXH3H2E8CGYD73",
    "licence key: ABCDE-FGHIJ-KLMNO-PQRST-UVWXY",
    "XBOX code K7QW-PM2X-VB9T",
    "CONTRIBUTING.md",
    "CHANGELOG.txt",
    "ERR_CONNECTION_REFUSED",
    "MAX_RETRIES=5",
    "DATABASE_URL",
    "JSON, XML, YAML, CSV, HTML",
    "TCP/IP, UDP, DNS, TLS",
    "ATGCGTATTGC",
    "SELECT NAME, EMAIL FROM USERS WHERE ID = 42 ORDER BY NAME",
    "UPDATE USERS SET ACTIVE = TRUE WHERE ID = 7;",
    "INSERT INTO ORDERS VALUES (1, 2)",
    "DROP TABLE CUSTOMERS",
    "AAPL MSFT GOOG TSLA NVDA AMZN META",
    "#FFFFFF",
    "#ffffff",
    "0xFFFFFFFF",
    "AAAAB3NzaC1yc2EAAAA",
    "ㅋㅋㅋㅋㅋ",
    "ㅠㅠㅠㅠㅠㅠ",
    "هههههههه",
    "哈哈哈哈哈",
    "wwwwww",
    "ha ha ha ha",
    "la la la la la",
    "na na na na na hey hey hey",
    "beep beep beep beep",
    "| a | a | a | a |",
]
SPOKEN = [
    "THIS IS ALL CAPS",
    "SELECT THE BEST ONE, PLEASE",
    "WE WON IT ALL TODAY",
    "STOP SHOUTING AT ME, READ THE README.md",
    "HELLOOOOOOO!!!!!!",
    "nooooooooo",
    "aaaaaaaaaah",
    "spam spam spam spam",
]


@pytest.mark.parametrize("text", NOT_SPOKEN)
def test_what_nobody_speaks_is_no_shouting(text):
    assert verdict_on(text).kind == "allow"


@pytest.mark.parametrize("text", SPOKEN)
def test_what_is_spoken_so_warns(text):
    assert verdict_on(text).kind in {"warn", "flag"}
