"""Steps of migrations that more than one app takes."""

from typing import Any

from django.db import migrations


class WidenToText(migrations.AlterField):
    """Turn a CharField into a TextField: encrypted texts are longer than the texts themselves.

    PostgreSQL changes only its catalogue. SQLite ignores the length of a varchar, so the table,
    which it would have to copy, stays as it is.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)
