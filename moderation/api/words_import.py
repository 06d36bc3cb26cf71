"""Import words from CSV or JSON, sent as the body or as a file (docs/blacklist.md)."""

from collections import Counter
from collections.abc import Mapping
from email.message import Message
from typing import IO, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from moderation import rules
from moderation.api.parsers import TooLarge
from moderation.api.permissions import caller_of
from moderation.api.shapes.project import ImportReport
from moderation.api.stale import RulesetView
from moderation.lib.errors import Invalid
from moderation.models.rules import WordSeverity
from moderation.rules import LANGUAGE_TAG, WORD_CATEGORIES
from moderation.rules.word_files import numbered_rows, text_of

#: docs/limits.md, "Sizes"
MAX_IMPORT_BYTES = 16 * 1024 * 1024
#: What a form adds around its file.
FORM_BYTES = 16 * 1024
REPORT_PIECE = 2_000
IMPORTS = {
    "application/json": {"type": "array", "items": {"type": "object"}},
    "text/csv": {"type": "string"},
    "text/plain": {"type": "string"},
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    },
}


class BytesParser(BaseParser):
    """Return the body unparsed: the import checks each line on its own."""

    def parse(
        self,
        stream: IO[bytes],
        _media_type: str | None = None,
        _parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_IMPORT_BYTES + 1)
        _refuse_size(len(body))
        return body


class CSVParser(BytesParser):
    media_type = "text/csv"


class PlainTextParser(BytesParser):
    media_type = "text/plain"


class JSONTextParser(BytesParser):
    media_type = "application/json"


class FormParser(MultiPartParser):
    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        # Check before reading: a huge upload could fill the disk.
        request = (parser_context or {})["request"]
        _refuse_size(int(request.META.get("CONTENT_LENGTH") or 0) - FORM_BYTES)
        return super().parse(stream, media_type, parser_context)


class ReportRenderer(JSONRenderer):
    """JSON whose `report`, the last field, is written in pieces.

    A value is written in one go, in which no other thread runs: 0.1 s for 100,000 rows.
    """

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        def rendered(value: Any) -> bytes:
            written: bytes = super(ReportRenderer, self).render(
                value, accepted_media_type, renderer_context
            )
            return written

        rows = data.get("report") if isinstance(data, dict) else None
        if not rows or self.get_indent(accepted_media_type or "", renderer_context or {}):
            return rendered(data)
        head = rendered({**data, "report": []}).removesuffix(b"]}")
        pieces = (rows[at : at + REPORT_PIECE] for at in range(0, len(rows), REPORT_PIECE))
        return head + b",".join(rendered(piece)[1:-1] for piece in pieces) + b"]}"


class ImportSerializer(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField(default=False)
    #: For rows without one; a list of one word a line needs category and language.
    category = serializers.ChoiceField(WORD_CATEGORIES, required=False)
    language = serializers.RegexField(LANGUAGE_TAG, max_length=20, required=False)
    severity = serializers.ChoiceField(WordSeverity.choices, required=False)


class ImportView(RulesetView):
    """POST /api/v1/blacklist/words/import?dry_run&category&language&severity"""

    action = "admin"
    parser_classes = [JSONTextParser, CSVParser, PlainTextParser, FormParser]
    renderer_classes = [ReportRenderer]

    @extend_schema(
        summary="Import words as CSV, JSON or one word a line",
        request=IMPORTS,
        parameters=[ImportSerializer],
        responses=ImportReport,
    )
    def post(self, request: Request) -> Response:
        options = ImportSerializer(data=request.query_params.dict())
        options.is_valid(raise_exception=True)
        defaults = dict(options.validated_data)
        is_dry_run = defaults.pop("dry_run")
        numbered = numbered_rows(text_of(*file_of(request)), defaults)
        act = rules.preview_import if is_dry_run else rules.import_words
        caller = caller_of(request)
        report = act(caller.project, caller.name, [row for _, row in numbered])
        counts = Counter(row.result for row in report)
        verb = "would be added" if is_dry_run else "added"
        answer: ImportReport = {
            "success": True,
            "message": f"{counts['added']} of {len(report)} words {verb}",
            "data": {
                "total": len(report),
                "added": counts["added"],
                "exists": counts["exists"],
                "invalid": counts["invalid"],
            },
            "report": [
                {"line": line, "word": row.word, "result": row.result, "detail": row.detail}
                for (line, _), row in zip(numbered, report, strict=True)
            ],
        }
        return Response(answer)


def file_of(request: Request) -> tuple[bytes, str]:
    """Return the body or the form's file, and the charset that its Content-Type names."""
    # A body that is no form comes as bytes from `BytesParser`.
    data: Any = request.data
    content_type = request.content_type or ""
    if not isinstance(data, bytes):
        file = data.get("file")
        if not hasattr(file, "read"):
            raise Invalid("file", "is required: CSV, JSON or one word a line.")
        _refuse_size(file.size)
        data, content_type = file.read(), ""
    header = Message()
    header["Content-Type"] = content_type
    return bytes(data), header.get_content_charset("")


def _refuse_size(size: int) -> None:
    if size > MAX_IMPORT_BYTES:
        raise TooLarge(f"An import has at most {MAX_IMPORT_BYTES} bytes.")
