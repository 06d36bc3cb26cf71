"""Exports over HTTP: a file of rows."""

from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from moderation.api.permissions import caller_of
from moderation.errors import NotFound
from reviews.exports import CONTENT_TYPES, FORMS, KINDS, Export, export

#: A request holds a thread of the server; more rows are the command's business.
MOST_ROWS = 10_000
#: A page of a PDF takes a tenth of a second to lay out.
MOST_IN_PDF = 1_000


class AskedSerializer(serializers.Serializer[Any]):
    format = serializers.ChoiceField(FORMS, default="csv")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class ExportView(APIView):
    """GET /api/v1/exports/{kind}?format&since&until"""

    action = "admin"

    def get(self, request: Request, kind: str) -> FileResponse:
        if kind not in KINDS:
            raise NotFound(f"There is no such export; there are: {', '.join(KINDS)}.")
        serializer = AskedSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        asked: dict[str, datetime | None] = serializer.validated_data
        form = str(asked["format"])
        caller = caller_of(request)
        wanted = Export(caller.project, kind, form, asked.get("since"), asked.get("until"))
        return download(wanted, actor=caller.name)


def download(wanted: Export, *, actor: str) -> FileResponse:
    """Return the file as an attachment; Invalid for more rows than these."""
    most = MOST_IN_PDF if wanted.form == "pdf" else MOST_ROWS
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        export(wanted, file, actor=actor, most=most)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=wanted.file_name,
        content_type=CONTENT_TYPES[wanted.form],
        headers={"Cache-Control": "no-store"},
    )
