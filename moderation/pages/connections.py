"""Connections to other programs: how to connect, their state, and what they sent lately."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.models import Webhook
from moderation.pages.shell import ProjectPage
from moderation.queries.connections import connection_state, latest_external


class Connections(ProjectPage):
    """GET /p/{slug}/settings/connections"""

    action = "admin"
    place = "Settings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        rabbitmq, is_reported = connection_state("rabbitmq", now)
        discord, is_running = connection_state("discord", now)
        webhooks = Webhook.objects.filter(project=self.project)
        context = {
            "tab": "connections",
            "now": now,
            "has_rabbitmq": bool(settings.AMQP_URL),
            "rabbitmq": rabbitmq,
            "is_reported": is_reported,
            "has_discord": bool(settings.DISCORD_TOKEN),
            "discord": discord,
            "is_running": is_running,
            "has_celery": bool(settings.CELERY_BROKER_URL),
            "has_metrics": settings.ENABLE_METRICS,
            "webhooks": webhooks.filter(is_active=True).count(),
            "failing": webhooks.filter(is_active=True, failing_since__isnull=False).count(),
            "events": latest_external(self.project),
        }
        return self.render("moderation/connections.html", context)


class TestRabbitmq(ProjectPage):
    """POST /p/{slug}/settings/connections/rabbitmq/test"""

    action = "admin"
    place = "Settings"

    def post(self, request: HttpRequest) -> HttpResponse:
        if settings.AMQP_URL:
            from moderation.delivery.amqp.trying import send_test  # noqa: PLC0415 (memory)

            if error := send_test(self.project, actor=self.caller.name):
                messages.error(
                    request, _("RabbitMQ did not take the test: {error}.").format(error=error)
                )
            else:
                messages.success(request, _("RabbitMQ confirmed the test."))
        return redirect("console:connections", self.project.slug)


class TestDiscord(ProjectPage):
    """POST /p/{slug}/settings/connections/discord/test"""

    action = "admin"
    place = "Settings"

    def post(self, request: HttpRequest) -> HttpResponse:
        if settings.DISCORD_TOKEN:
            try:
                from moderation.delivery.discord.trying import (  # noqa: PLC0415 (optional)
                    send_test,
                )
            except ImportError:
                messages.error(
                    request,
                    _("Run {command} first.").format(
                        command="pip install -r requirements-discord.txt"
                    ),
                )
            else:
                if error := send_test(self.project, actor=self.caller.name):
                    messages.error(
                        request, _("Discord did not take the test: {error}.").format(error=error)
                    )
                else:
                    messages.success(request, _("The test stands in the review channel."))
        return redirect("console:connections", self.project.slug)


class TestCelery(ProjectPage):
    """POST /p/{slug}/settings/connections/celery/test"""

    action = "admin"
    place = "Settings"

    def post(self, request: HttpRequest) -> HttpResponse:
        if settings.CELERY_BROKER_URL:
            try:
                from moderation.delivery.celery_ping import (  # noqa: PLC0415 (optional)
                    ping_workers,
                )
            except ImportError:
                messages.error(
                    request,
                    _("Run {command} first.").format(
                        command="pip install -r requirements-celery.txt"
                    ),
                )
            else:
                workers, error = ping_workers(self.project, actor=self.caller.name)
                if error:
                    messages.error(
                        request,
                        _("Celery’s broker cannot be reached: {error}.").format(error=error),
                    )
                elif workers:
                    messages.success(
                        request,
                        _("Celery workers that answered: {workers}.").format(workers=workers),
                    )
                else:
                    messages.error(
                        request, _("The broker is there, but no Celery worker answered.")
                    )
        return redirect("console:connections", self.project.slug)
