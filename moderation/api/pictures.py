"""Pictures in a check: as a data URL in JSON, or as a file in a form (docs/images.md)."""

from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser

from moderation.api.parsers import (
    MAX_BODY_BYTES,
    StrictJSONParser,
    TooLarge,
    check_storable,
    parse_json,
)
from moderation.lib import ocr
from moderation.lib.errors import Invalid
from moderation.models import ContentType
from moderation.pipeline.submission import SentPicture

#: Base64 needs four bytes for three.
MAX_JSON_BYTES = ocr.MOST_BYTES * 4 // 3 + MAX_BODY_BYTES
MAX_FORM_BYTES = ocr.MOST_BYTES + MAX_BODY_BYTES
#: Stands for the text while the other fields are checked: reading a picture takes long.
PLACEHOLDER = "picture"


class PictureJSONParser(StrictJSONParser):
    """Take larger bodies than usual if they hold a picture."""

    def parse(
        self,
        stream: IO[bytes],
        _media_type: str | None = None,
        _parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_JSON_BYTES + 1)
        is_large = len(body) > MAX_BODY_BYTES
        if len(body) > MAX_JSON_BYTES or (is_large and b"data:image/" not in body):
            raise TooLarge(f"The body is larger than {MAX_BODY_BYTES} bytes.")
        data = parse_json(body)
        if is_large and not (isinstance(data, dict) and is_image(data)):
            raise TooLarge(f"The body is larger than {MAX_BODY_BYTES} bytes.")
        return data


class PictureFormParser(MultiPartParser):
    """Take the fields of a check as a form, with a file as `content`."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_FORM_BYTES:
            raise TooLarge(f"The body is larger than {MAX_FORM_BYTES} bytes.")
        form = super().parse(stream, media_type, parser_context)
        fields = {name: form.data[name] for name in form.data}
        check_storable(fields)
        if metadata := fields.pop("metadata", ""):
            try:
                fields["metadata"] = parse_json(metadata.encode())
            except ParseError as error:
                raise Invalid("metadata", "is not JSON.") from error
        return {**fields, **{name: form.files[name] for name in form.files}}


def is_image(data: Any) -> bool:
    return isinstance(data, dict) and data.get("content_type") == ContentType.IMAGE


def picture_in(data: Any) -> SentPicture | None:
    """Return the picture of a check, None for a text; raises Invalid. Nothing is decoded yet."""
    if not is_image(data):
        return None
    if not ocr.is_available():
        raise Invalid("content_type", ocr.MISSING)
    content = data.get("content")
    if isinstance(content, UploadedFile):
        picture = content.read(ocr.MOST_BYTES + 1)
    elif isinstance(content, str):
        picture = ocr.picture_of(content)
    else:
        raise Invalid("content", "must be a data URL, or a file in a form.")
    return SentPicture(picture, ocr.media_type_of(picture))
