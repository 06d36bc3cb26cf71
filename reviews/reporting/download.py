"""Serve an export as a file."""

from tempfile import TemporaryFile

from django.http import FileResponse

from reviews.reporting.exports import CONTENT_TYPES, ExportSpec, export

#: A request occupies a server thread; for more rows there is the command.
MOST_ROWS = 10_000
#: Laying out one page of a PDF takes a tenth of a second.
MOST_IN_PDF = 1_000


def most_of(form: str) -> int:
    return MOST_IN_PDF if form == "pdf" else MOST_ROWS


def download(spec: ExportSpec, *, actor: str) -> FileResponse:
    """Return the file as an attachment; Invalid for more rows than `most_of` allows."""
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        export(spec, file, actor=actor, most=most_of(spec.form))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=spec.file_name,
        content_type=CONTENT_TYPES[spec.form],
        headers={"Cache-Control": "no-store"},
    )
