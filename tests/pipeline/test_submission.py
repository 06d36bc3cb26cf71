"""Which texts are one text: the hashes of a message and of its copies."""

import pytest

from moderation.models import Author
from moderation.pipeline.submission import SentPicture, Submission, copy_hash_of, hash_of

#: The SHA-256 of "Hello".
HELLO = "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969"


def sent(content="Hello", **fields):
    return Submission(None, "m1", "zed", "general", content, **fields)


def test_a_text_is_known_by_its_hash():
    assert hash_of("Hello") == sent().content_hash == HELLO
    assert hash_of("hello") != HELLO
    assert sent().content_type == "text"


@pytest.mark.parametrize(
    "copy",
    [
        "hello",
        "H e l l o",
        "Hello!",
        "-_Hello_-",
        "Héllo",
        "Ηello",
        "\u200bHello",
        "(Hello)",
        "{HELLO}",
    ],
)
def test_copies_share_a_hash(copy):
    assert copy_hash_of(copy) == copy_hash_of("Hello") == sent(copy).copy_hash
    assert len(copy_hash_of(copy)) == 32


@pytest.mark.parametrize("other", ["Hell0w", "Hello1", "Hello+", "Hello$", "Hello=", "Hellö ñ"])
def test_other_texts_are_no_copies(other):
    assert copy_hash_of(other) != copy_hash_of("Hello")


def test_texts_without_letters_are_copies_only_of_themselves():
    hashes = {copy_hash_of(text) for text in ("!!!", "!!", "...", "。", "、", "")}
    assert len(hashes) == 6
    assert copy_hash_of("मेरा कोर्स") == copy_hash_of("मेरा, कोर्स!") != copy_hash_of("मेरा")


def test_a_picture_is_known_by_its_bytes():
    picture = sent("", picture=SentPicture(b"Hello", "image/png"))
    assert (picture.content_type, picture.content_hash) == ("image", HELLO)
    assert picture.copy_hash == HELLO[:32]
    other = sent("", picture=SentPicture(b"other", "image/png"))
    assert other.copy_hash != picture.copy_hash


def test_a_submission_names_its_author_and_allows_everything():
    one = sent()
    assert one.author == Author(None, "zed", "general")
    assert (one.may_punish, one.only_flood, one.is_counted, one.is_nameless) == (
        True, False, True, False,
    )  # fmt: skip
    assert (one.username, one.reply_to, one.metadata, one.language) == ("", "", {}, None)
