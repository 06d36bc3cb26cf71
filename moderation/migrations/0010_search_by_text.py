"""On PostgreSQL, an index that finds a text inside of content.

Where the extension `pg_trgm` is missing or may not be created, searches look among the newest
content, as on SQLite; `docs/content.md` says how to make the index later.
"""

from django.db import DatabaseError, migrations, transaction

# As Django writes `icontains`, or the index would not serve it. New rows wait in a list, which one
# of them has to sort in at last: a short one (kB), or that check takes far longer than the others.
INDEX = """
    CREATE INDEX IF NOT EXISTS log_text
    ON moderation_moderationlog USING gin (UPPER(content) gin_trgm_ops)
    WITH (gin_pending_list_limit = 256)
"""


def make_index(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute(INDEX)
        except DatabaseError as error:
            print(f"\n  No index for searches, which will be bounded: {error}")


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS log_text")


class Migration(migrations.Migration):
    dependencies = [("moderation", "0009_audit_chain")]
    operations = [migrations.RunPython(make_index, drop_index)]
