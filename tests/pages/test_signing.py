"""Signing in and out, and the limit on attempts."""

import pytest

RIGHT = {"username": "noor", "password": "correct horse battery"}
WRONG = {**RIGHT, "password": "wrong"}


@pytest.fixture(autouse=True)
def person(django_user_model, db):
    return django_user_model.objects.create_user(**RIGHT)


def test_the_right_password_leads_to_where_one_wanted_to_go(client):
    answer = client.post("/login", {**RIGHT, "next": "/p/arena/queue"})
    assert answer["Location"] == "/p/arena/queue"


def test_another_sites_address_is_not_followed(client):
    assert client.post("/login", {**RIGHT, "next": "https://evil.example/"})["Location"] == "/"


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(client):
    told = [client.post("/login", {**WRONG, "username": name}).content for name in ("noor", "no")]
    assert all(b"Wrong username or password" in text for text in told)


def test_after_ten_tries_in_a_minute_one_has_to_wait(client, still_clock):
    tries = [client.post("/login", WRONG).status_code for _ in range(11)]
    assert tries == [200] * 10 + [429]
    assert client.post("/login", RIGHT).status_code == 429


def test_the_administrations_sign_in_is_the_same_one(client):
    answer = client.get("/admin/login/?next=/admin/")
    assert answer["Location"] == "/login?next=/admin/"


def test_signing_out_takes_a_press_not_a_link(client):
    client.post("/login", RIGHT)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout")["Location"] == "/login"
    assert client.get("/").status_code == 302
