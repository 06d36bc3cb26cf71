"""Import words into the blacklist: CSV or JSON, as the body or as an uploaded file."""

from collections import Counter
from collections.abc import Mapping
from typing import IO, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import rules, seeding
from moderation.api.parsers import TooLarge
from moderation.api.permissions import caller_of
from moderation.api.shapes.project import ImportReport
from moderation.errors import Invalid

#: CONTRACT section 2: imports.
MAX_IMPORT_BYTES = 16 * 1024 * 1024
#: What a form with a file adds around it.
FORM_BYTES = 16 * 1024
RESULTS = ("added", "exists", "invalid")
IMPORTS = {
    "application/json": {"type": "array", "items": {"type": "object"}},
    "text/csv": {"type": "string"},
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    },
}


class BytesParser(BaseParser):
    """Give the body as it is: each line is judged on its own."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_IMPORT_BYTES + 1)
        _refuse_size(len(body))
        return body


class CSVParser(BytesParser):
    media_type = "text/csv"


class JSONTextParser(BytesParser):
    media_type = "application/json"


class FormParser(MultiPartParser):
    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        # Before it is read: an upload may otherwise fill the disk.
        request = (parser_context or {})["request"]
        _refuse_size(int(request.META.get("CONTENT_LENGTH") or 0) - FORM_BYTES)
        return super().parse(stream, media_type, parser_context)


class ImportSerializer(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField(default=False)


class ImportView(APIView):
    """POST /api/v1/blacklist/words/import?dry_run"""

    action = "admin"
    parser_classes = [JSONTextParser, CSVParser, FormParser]

    @extend_schema(
        summary="Import words as CSV or JSON",
        request=IMPORTS,
        parameters=[ImportSerializer],
        responses=ImportReport,
    )
    def post(self, request: Request) -> Response:
        options = ImportSerializer(data=request.query_params.dict())
        options.is_valid(raise_exception=True)
        is_rehearsal = options.validated_data["dry_run"]
        numbered = seeding.numbered_rows(text_of(request.data))
        act = rules.foresee_import if is_rehearsal else rules.import_words
        caller = caller_of(request)
        report = act(caller.project, caller.name, [row for _, row in numbered])
        counts = Counter(row.result for row in report)
        verb = "would be added" if is_rehearsal else "added"
        answer = {
            "success": True,
            "message": f"{counts['added']} of {len(report)} words {verb}",
            "data": {"total": len(report), **{name: counts[name] for name in RESULTS}},
            "report": [
                {"line": line, "word": row.word, "result": row.result, "detail": row.detail}
                for (line, _), row in zip(numbered, report, strict=True)
            ],
        }
        return Response(answer)


def text_of(data: Any) -> str:
    """Return what was sent as text; Invalid if it is nothing or no UTF-8."""
    if not isinstance(data, bytes):
        file = data.get("file")
        if not hasattr(file, "read"):
            raise Invalid("file", "is needed: CSV or JSON.")
        _refuse_size(file.size)
        data = file.read()
    if not data.strip():
        raise Invalid("file", "is empty.")
    try:
        return bytes(data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("file", f"is not UTF-8: {error.reason} at byte {error.start}.") from error


def _refuse_size(size: int) -> None:
    if size > MAX_IMPORT_BYTES:
        raise TooLarge(f"An import has at most {MAX_IMPORT_BYTES} bytes.")
