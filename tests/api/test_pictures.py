"""Checks of pictures: as a file or a data URL, stored by the policy, refused without Tesseract."""

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from moderation import rules
from moderation.lib import ocr
from moderation.models import ModerationLog, OutboxEvent, Picture
from tests import messages
from tests.lib.test_ocr import picture, with_tesseract

CHECK = "/api/v1/moderation/check"
FIELDS = {"message_id": "p1", "user_id": "ana", "channel_id": "general", "content_type": "image"}
RUDE = "Shut up idiot"


def as_url(text=RUDE):
    return f"data:image/png;base64,{base64.b64encode(picture(text)).decode()}"


@pytest.fixture
def check_key(arena):
    return messages.key(arena, "check")


@pytest.fixture
def upload(client, check_key):
    def send(data=None, **fields):
        file = SimpleUploadedFile("a.png", picture(RUDE) if data is None else data)
        form = {**FIELDS, "content": file, **fields}
        return client.post(CHECK, form, headers={"X-API-Key": check_key})

    return send


@pytest.fixture
def send(client, check_key):
    def send(content, **fields):
        body = {**FIELDS, "content": content, **fields}
        headers = {"X-API-Key": check_key}
        return client.post(CHECK, body, content_type="application/json", headers=headers)

    return send


@with_tesseract
def test_the_text_of_a_file_is_judged(upload, arena):
    answer = upload(metadata='{"source": "app"}', username="Ana").json()
    assert (answer["verdict"], answer["ocr_text"]) == ("flag", RUDE)
    assert "idiot" in {match["text"] for match in answer["matches"]}
    log = ModerationLog.objects.get()
    assert (log.content, log.content_type, log.metadata) == (RUDE, "image", {"source": "app"})
    kept = Picture.objects.get()
    assert (bytes(kept.data), kept.media_type) == (picture(RUDE), "image/png")
    event = OutboxEvent.objects.get(type="moderation_update")
    assert event.data["content_type"] == "image"


@with_tesseract
def test_a_data_url_is_judged_and_a_repeat_is_a_repeat(send):
    first, again = send(as_url()).json(), send(as_url()).json()
    assert (first["ocr_text"], first["duplicate"], again["duplicate"]) == (RUDE, False, True)
    assert again["content_id"] == first["content_id"]


@with_tesseract
def test_another_picture_is_an_edit_and_replaces_the_picture(send):
    send(as_url())
    answer = send(as_url("Good morning")).json()
    assert (answer["verdict"], ModerationLog.objects.get().revision) == ("allow", 2)
    assert bytes(Picture.objects.get().data) == picture("Good morning")
    send("now a text", content_type="text")
    assert not Picture.objects.exists()


@with_tesseract
def test_a_picture_without_text_is_allowed(send):
    answer = send(as_url("")).json()
    assert (answer["verdict"], answer["ocr_text"]) == ("allow", "")


@with_tesseract
@pytest.mark.parametrize("storage", ["masked", "hash"])
def test_the_picture_is_kept_only_where_texts_are(send, arena, storage):
    rules.change_policy(arena, "tests", {"storage": storage})
    assert send(as_url()).status_code == 200
    assert not Picture.objects.exists()


@with_tesseract
@pytest.mark.parametrize(
    ("content", "field"),
    [("https://example.org/a.png", "content"), (7, "content"), (None, "content")],
)
def test_what_is_no_picture_is_refused(send, content, field):
    answer = send(content)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


@with_tesseract
def test_wrong_fields_are_refused_before_the_picture_is_read(send, monkeypatch):
    monkeypatch.setattr(ocr, "read_text", lambda picture: pytest.fail("it was read"))
    answer = send(as_url(), user_id="")
    assert [error["field"] for error in answer.json()["errors"]] == ["user_id"]


def test_without_tesseract_the_answer_says_what_to_install(send, upload, monkeypatch):
    monkeypatch.setattr(ocr, "languages", lambda: "")
    for answer in (send(as_url()), upload()):
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["field"] == "content_type"
        assert "Tesseract" in error["message"]


def test_large_bodies_are_for_pictures_only(send, upload):
    large = "x" * (1024 * 1024)
    assert send(large, content_type="text").status_code == 413
    assert send("short", content_type="text", username=f"data:image/{large}").status_code == 413
    assert send("data:image/png;base64," + "A" * 13 * 1024 * 1024).status_code == 413
    assert upload(b"x" * (10 * 1024 * 1024)).status_code == 413


@with_tesseract
def test_a_picture_beside_texts_in_a_batch(client, check_key):
    sent = [
        {**FIELDS, "content": as_url()},
        {**FIELDS, "message_id": "p2", "content": "no picture"},
        {**FIELDS, "message_id": "p3", "content_type": "text", "content": "Hello"},
    ]
    answer = client.post(
        f"{CHECK}/batch", {"messages": sent}, content_type="application/json",
        headers={"X-API-Key": check_key},
    )  # fmt: skip
    first, second, third = answer.json()["results"]
    assert (first["ocr_text"], second["error"]["status"], third["verdict"]) == (RUDE, 422, "allow")


def test_a_batch_has_few_pictures(client, check_key):
    answer = client.post(
        f"{CHECK}/batch", {"messages": [{**FIELDS, "content": "x"}] * 6},
        content_type="application/json", headers={"X-API-Key": check_key},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "at most 5 pictures" in answer.json()["detail"]


@with_tesseract
def test_pictures_without_text_are_no_copies_of_each_other(send):
    for number in range(4):
        content = base64.b64encode(picture(size=(100 + number, 100))).decode()
        answer = send(f"data:image/png;base64,{content}", message_id=f"p{number}").json()
        assert answer["verdict"] == "allow"
