"""Pictures: what is refused before anything is decoded, and what Tesseract reads."""

import base64
import io
import struct
import zlib

import pytest

from moderation.lib import ocr
from moderation.lib.errors import Invalid

pillow = pytest.importorskip("PIL.Image")
with_tesseract = pytest.mark.skipif(not ocr.is_available(), reason="missing program: tesseract")


def picture(text="", *, size=(700, 120), form="PNG"):
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415

    made = Image.new("L", size, 255)
    ImageDraw.Draw(made).text((20, 30), text, fill=0, font=ImageFont.load_default(48))
    file = io.BytesIO()
    made.save(file, form)
    return file.getvalue()


def claimed(width, height):
    """Return the header of a PNG that claims this size, and next to nothing behind it."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"x"))


@with_tesseract
@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_text_is_read(form):
    assert ocr.read_text(picture("Shut up idiot", form=form)) == "Shut up idiot"


@with_tesseract
def test_a_picture_without_text_is_empty():
    assert ocr.read_text(picture()) == ""


def test_the_type_is_what_the_bytes_say():
    assert ocr.media_type_of(picture(form="JPEG")) == "image/jpeg"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (claimed(100_000, 100_000), "megapixels"),
        (claimed(8_000, 6_000), "megapixels"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is none of"),
        (b"%PDF-1.7", "is none of"),
        (b"", "is none of"),
        (b"x" * (ocr.MOST_BYTES + 1), "larger than 8 MiB"),
    ],
    ids=["bomb", "large", "svg", "pdf", "empty", "bytes"],
)
def test_a_bad_picture_is_refused_before_it_is_decoded(data, why):
    with pytest.raises(Invalid, match=why):
        ocr.media_type_of(data)


@with_tesseract
def test_a_damaged_picture_is_refused():
    with pytest.raises(Invalid, match="damaged"):
        ocr.read_text(claimed(100, 100))


def test_a_data_url_is_decoded_and_other_urls_are_not_fetched():
    url = f"data:image/png;base64,{base64.b64encode(b'abc').decode()}"
    assert ocr.picture_of(url) == b"abc"
    for wrong in ("https://example.org/a.png", "file:///etc/passwd", "data:text/html;base64,YQ=="):
        with pytest.raises(Invalid, match="nothing is fetched"):
            ocr.picture_of(wrong)
    with pytest.raises(Invalid, match="Base64"):
        ocr.picture_of("data:image/png;base64,a")
