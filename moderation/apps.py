"""Django's entry for the moderation app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import pre_delete


class ModerationConfig(AppConfig):
    name = "moderation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Its modules read the settings, which are complete only now.
        from moderation.rules import ai_provider  # noqa: PLC0415

        ai_provider.configure()
        # A signal, because accounts are deleted by Django's own pages and by scripts too.
        pre_delete.connect(keep_an_owner, sender="auth.User", dispatch_uid="keep an owner")


def keep_an_owner(instance: Any, **_facts: Any) -> None:
    # Models can be imported only once the apps are ready.
    from moderation.accounts.members import refuse_without_person  # noqa: PLC0415

    refuse_without_person(instance)
