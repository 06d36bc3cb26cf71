"""Export a list's rows as a file, for those who administer the rows' projects."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse

from moderation.accounts.actors import person_as_actor
from moderation.accounts.audit import write_audit
from moderation.accounts.permissions import roles_that_may
from moderation.lib.errors import Forbidden, Invalid
from moderation.lib.spreadsheets import CONTENT_TYPES, WRITERS, Cell
from moderation.models import Membership, Project
from moderation.queries.cells import cell_of

MOST_EXPORTED = 10_000
#: Rows read at once; SQLite takes 32,766 arguments, older versions 999.
BATCH = 500
ACTION = "rows.exported"


@dataclass(frozen=True)
class Export:
    """Rows to export, their columns (title → path of fields), and the path to their project."""

    rows: QuerySet[Any]
    columns: dict[str, str]
    #: From a row to its project's key, e.g. `log__project_id`; None if rows have no project.
    project_path: str | None
    form: str
    #: The list's filters, for the audit log.
    filters: dict[str, Any]

    @property
    def name(self) -> str:
        return self.rows.model._meta.model_name or "rows"


def may_export(user: User | AnonymousUser) -> bool:
    """Say whether the person may export the rows of any project."""
    return isinstance(user, User) and (user.is_superuser or bool(_projects_of(user)))


def export(wanted: Export, user: User, *, now: datetime) -> FileResponse:
    """Return the file, and write it to the audit log of each project in it.

    Invalid for more rows than MOST_EXPORTED: a truncated file looks complete. Forbidden if a row
    belongs to a project that the person does not administer.
    """
    # Each row's key with its project's, in the list's order; one more than allowed.
    all_rows = wanted.rows.prefetch_related(None)
    if wanted.project_path is None:
        pks = all_rows.values_list("pk", flat=True)[: MOST_EXPORTED + 1]
        keys: list[tuple[Any, int | None]] = [(key, None) for key in pks]
    else:
        keys = list(all_rows.values_list("pk", wanted.project_path)[: MOST_EXPORTED + 1])
    if len(keys) > MOST_EXPORTED:
        raise Invalid(
            "rows",
            f"An export has at most {MOST_EXPORTED:,} rows, and these are more: "
            "narrow the list with the filters.",
        )
    counts = Counter(project for _, project in keys)
    projects = Project.objects.in_bulk([key for key in counts if key is not None])
    foreign = set() if user.is_superuser else set(counts) - _projects_of(user)
    if foreign:
        names = sorted(projects[key].slug if key is not None else "no project" for key in foreign)
        raise Forbidden(
            "Only admins of a project may export its rows. You are not an admin of "
            f"{', '.join(names)}: choose your project in the filters."
        )
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    with transaction.atomic():
        for key, count in counts.items():
            project = projects.get(key) if key is not None else None
            data = {"rows": count, "form": wanted.form, "filters": wanted.filters}
            write_audit(project, person_as_actor(user), ACTION, f"{wanted.name}:", data)
        WRITERS[wanted.form](file, table_of(wanted, [key for key, _ in keys]))
    file.seek(0)
    name = f"{wanted.name}-{now:%Y%m%d-%H%M%S}.{wanted.form}"
    return FileResponse(
        file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[wanted.form]
    )


def _projects_of(user: User) -> set[int | None]:
    roles = roles_that_may("admin")
    members = Membership.objects.filter(user=user, role__in=roles)
    return set(members.values_list("project_id", flat=True))


def table_of(wanted: Export, keys: Sequence[Any]) -> Iterator[list[Cell]]:
    yield list(wanted.columns)
    paths = wanted.columns.values()
    all_rows = wanted.rows.model._default_manager.order_by()
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        rows = all_rows.filter(pk__in=batch).values_list("pk", *paths)
        by_key = {key: cells for key, *cells in rows}
        yield from ([cell_of(value) for value in by_key[key]] for key in batch if key in by_key)
