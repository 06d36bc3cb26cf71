"""How large a body may be depends on its address; large ones share a place."""

import pytest

from moderation.api.pictures import MAX_JSON_BYTES
from moderation_site.server import bodies
from moderation_site.server.bodies import MIB, Bodies, TooManyBodies, limit_of

FORM = b"application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("path", "content_type", "least", "most"),
    [
        ("/login", FORM, 64 * 1024, MIB // 4),
        ("/p/demo/queue", b"", 64 * 1024, MIB // 4),
        ("/api/v1/moderation/status", b"application/json", MIB, MIB + MIB // 8),
        ("/api/v1/moderation/check", b"application/json", MAX_JSON_BYTES, 13 * MIB),
        ("/batch", b"multipart/mixed", MIB, MIB + MIB // 8),
        ("/v1/moderations", b"application/json", MIB, MIB + MIB // 8),
        ("/api/v1/moderation/check/batch", b"application/json", 8 * MIB, 9 * MIB),
        ("/api/v1/blacklist/words/import", b"text/csv", 16 * MIB, 17 * MIB),
        ("/api/v1/blacklist/words/import", FORM, 64 * 1024, MIB // 4),
        ("/p/demo/blacklist/import", b"multipart/form-data; boundary=x", 16 * MIB, 17 * MIB),
        ("/p/demo/blacklist/import", FORM + b"; charset=utf-8", 64 * 1024, MIB // 4),
    ],
)
def test_the_address_decides(path, content_type, least, most):
    assert least <= limit_of(path, content_type) <= most


def test_one_address_cannot_take_all_the_place():
    together = Bodies()
    with together.share("192.0.2.1") as first, together.share("192.0.2.1") as second:
        first.grow_to(bodies.MAX_OF_ADDRESS)
        with pytest.raises(TooManyBodies):
            second.grow_to(bodies.SMALL + 1)
        second.grow_to(bodies.SMALL)  # small bodies always fit
        with together.share("192.0.2.2") as other:
            other.grow_to(8 * MIB)
    assert together.by_address.total() == 0


def test_all_together_have_a_limit():
    together = Bodies()
    with together.share("a") as a, together.share("b") as b, together.share("c") as c:
        for share in (a, b, c):
            share.grow_to(bodies.MAX_TOGETHER // 3)
        with together.share("d") as d, pytest.raises(TooManyBodies):
            d.grow_to(MIB)
