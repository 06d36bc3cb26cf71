"""Read the text in a picture with Tesseract (docs/images.md)."""

import base64
import binascii
import io
import re
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from moderation.lib.errors import Invalid

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
#: For one picture. Reading takes longer the more there is to read.
TIMEOUT_SECONDS = 20
LANGUAGES = ("eng", "spa")
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,", re.ASCII)
FIELD = "content"
TOO_MANY_PIXELS = f"the picture has more than {MOST_PIXELS // 1_000_000} megapixels."
MISSING = (
    "only text is moderated here: to moderate pictures, install requirements-ocr.txt and Tesseract."
)


@cache
def languages() -> str:
    """Return Tesseract's languages that we use, `""` if it cannot be used at all."""
    if shutil.which("tesseract") is None:
        return ""
    try:
        import PIL.Image  # noqa: F401, PLC0415 (requirements-ocr.txt)
        import pytesseract  # noqa: PLC0415
    except ImportError:
        return ""
    installed = set(pytesseract.get_languages())
    return "+".join(one for one in LANGUAGES if one in installed)


def is_available() -> bool:
    return bool(languages())


def picture_of(url: str) -> bytes:
    """Return the picture in a data URL; other URLs are refused, and nothing is fetched."""
    found = DATA_URL.match(url)
    if found is None:
        raise Invalid(FIELD, "must be a data URL (data:image/png;base64,…): nothing is fetched.")
    try:
        return base64.b64decode(url[found.end() :], validate=True)
    except (ValueError, binascii.Error):
        raise Invalid(FIELD, "is not a valid data URL: its Base64 is broken.") from None


def media_type_of(picture: bytes) -> str:
    """Return the type that the bytes say; raises Invalid. Decodes nothing."""
    from PIL import Image  # noqa: PLC0415 (requirements-ocr.txt)

    with opened(picture) as image:
        return Image.MIME[str(image.format)]


def read_text(picture: bytes) -> str:
    """Return the text in a picture, without empty lines; raises Invalid."""
    import pytesseract  # noqa: PLC0415 (requirements-ocr.txt)
    from PIL import ImageOps  # noqa: PLC0415

    with opened(picture) as image:
        try:
            upright = ImageOps.exif_transpose(image).convert("L")
        except (OSError, ValueError, SyntaxError) as error:
            raise Invalid(FIELD, "the picture is damaged.") from error
    try:
        text: str = pytesseract.image_to_string(upright, lang=languages(), timeout=TIMEOUT_SECONDS)
    except RuntimeError as error:
        raise Invalid(FIELD, "the picture could not be read in time.") from error
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


@contextmanager
def opened(picture: bytes) -> "Iterator[Image.Image]":
    """Open a picture by its header; size, format and pixels are checked, nothing is decoded."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    if len(picture) > MOST_BYTES:
        raise Invalid(FIELD, f"the picture is larger than {MOST_BYTES // 1024 // 1024} MiB.")
    try:
        with warnings.catch_warnings():
            # Ours is the limit that counts.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(picture), formats=FORMATS)
    except Image.DecompressionBombError:
        raise Invalid(FIELD, TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise Invalid(FIELD, f"is none of {', '.join(FORMATS)}.") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise Invalid(FIELD, "the picture is damaged.") from error
    with image:
        if image.width * image.height > MOST_PIXELS:
            raise Invalid(FIELD, TOO_MANY_PIXELS)
        yield image
