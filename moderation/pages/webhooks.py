"""Webhooks: their settings, their state and their recent deliveries."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from moderation.delivery.webhooks import managing
from moderation.delivery.webhooks.formats import EVENTS
from moderation.lib.errors import GavelError
from moderation.lib.http_client import LONGEST_URL
from moderation.lib.languages import gettext_lazy, lazy_format
from moderation.lib.paging import page_of
from moderation.models import DeliveryStatus, Webhook, WebhookDelivery, WebhookFormat
from moderation.pages import refusals
from moderation.pages.confirmation import ConfirmationPage, Question
from moderation.pages.forms import ConsoleForm
from moderation.pages.shell import PageContext, ProjectPage

#: The events in words.
NAMES = {
    "moderation.message_blocked": gettext_lazy("a message is not shown"),
    "moderation.warning": gettext_lazy("an author was warned"),
    "moderation.user_banned": gettext_lazy("a ban began"),
    "moderation.user_unbanned": gettext_lazy("a ban ended"),
    "moderation.content_restored": gettext_lazy("content is shown again"),
    "moderation.decision_reversed": gettext_lazy("a decision was undone"),
    "moderation_update": gettext_lazy("every check and every decision"),
    "review_update": gettext_lazy("the queue changed"),
    "appeal_update": gettext_lazy("an appeal was made or decided"),
    "system_notification": gettext_lazy("the system needs you"),
}
DELIVERIES_SHOWN = 25


class WebhookForm(ConsoleForm):
    name = forms.CharField(max_length=managing.LONGEST_NAME, label=gettext_lazy("Label"))
    url = forms.CharField(
        max_length=LONGEST_URL,
        label="URL",
        help_text=gettext_lazy("Starts with https://. Gavel does not call private networks."),
    )
    format = forms.ChoiceField(
        choices=[
            (WebhookFormat.JSON, gettext_lazy("JSON: signed, for your own program")),
            (WebhookFormat.SLACK, gettext_lazy("Slack: a sentence for an incoming webhook")),
            (WebhookFormat.DISCORD, gettext_lazy("Discord: a sentence for a channel webhook")),
        ],
        widget=forms.RadioSelect,
        initial=WebhookFormat.JSON,
    )
    events = forms.MultipleChoiceField(
        choices=[
            (name, lazy_format("{name}: {text}", name=name, text=NAMES[name])) for name in EVENTS
        ],
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Events"),
    )


class Webhooks(ProjectPage):
    """GET /p/{slug}/settings/webhooks"""

    action = "admin"
    place = "Settings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        webhooks = Webhook.objects.filter(project=self.project)
        return self.render("moderation/webhooks.html", {"tab": "webhooks", "webhooks": webhooks})


class NewWebhook(ProjectPage):
    """GET, POST /p/{slug}/settings/webhooks/new; only the answer of the POST shows the secret."""

    action = "admin"
    place = "Settings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.form_page(WebhookForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = WebhookForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        try:
            webhook, secret = managing.create_webhook(
                self.project, form.cleaned_data, actor=self.caller.name
            )
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)
        return shown_once(self, webhook, secret)

    def form_page(self, form: WebhookForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "tab": "webhooks"}
        return self.render("moderation/webhook_new.html", context, status)


def shown_once(page: ProjectPage, webhook: Webhook, secret: str) -> HttpResponse:
    context = {"tab": "webhooks", "webhook": webhook, "secret": secret}
    answer = page.render("moderation/webhook_made.html", context)
    patch_cache_control(answer, no_store=True)
    return answer


class WebhookPage(ConfirmationPage):
    """A page or an action of one webhook."""

    action = "admin"
    place = "Settings"

    def webhook(self, webhook_id: UUID) -> Webhook:
        webhooks = Webhook.objects.filter(project=self.project).select_related("project")
        webhook = webhooks.filter(pk=webhook_id).first()
        if webhook is None:
            raise Http404("There is no such webhook in this project.")
        return webhook

    def address(self, webhook_id: UUID) -> str:
        return reverse("console:webhook", args=[self.project.slug, webhook_id])

    def confirm_change(
        self, webhook: Webhook, title: str, verb: str, *sentences: str
    ) -> HttpResponse:
        """Return the page that asks before a change to the webhook."""
        back = self.address(webhook.pk)
        question = Question(
            title=title, sentences=list(sentences), verb=verb, back=back, page=_("Settings")
        )
        return self.confirm(question)


class EditWebhook(WebhookPage):
    """GET, POST /p/{slug}/settings/webhooks/{webhook_id}?before=&after="""

    def get(self, _request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook = self.webhook(webhook_id)
        if self.wants_piece:
            return self.piece("moderation/_deliveries.html", self.context(webhook))
        initial = {name: getattr(webhook, name) for name in WebhookForm.base_fields}
        return self.form_page(webhook, WebhookForm(initial=initial))

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook, form = self.webhook(webhook_id), WebhookForm(request.POST)
        if not form.is_valid():
            return self.form_page(webhook, form, 422)
        try:
            managing.change_webhook(webhook, form.cleaned_data, actor=self.caller.name)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(webhook, form, error.status)
        messages.success(request, _("{name} saved.").format(name=form.cleaned_data["name"]))
        return redirect(self.address(webhook_id))

    def form_page(self, webhook: Webhook, form: WebhookForm, status: int = 200) -> HttpResponse:
        context = {**self.context(webhook), "form": form, "tab": "webhooks"}
        return self.render("moderation/webhook.html", context, status)

    def context(self, webhook: Webhook) -> PageContext:
        query = self.request.GET
        page = page_of(
            WebhookDelivery.objects.filter(webhook=webhook),
            "created_at",
            before=query.get("before", ""),
            after=query.get("after", ""),
            size=DELIVERIES_SHOWN,
        )
        is_waiting = any(row.status == DeliveryStatus.PENDING for row in page.rows)
        return {"webhook": webhook, "page": page, "is_waiting": is_waiting}


class TestWebhook(WebhookPage):
    """POST /p/{slug}/settings/webhooks/{webhook_id}/test"""

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook = self.webhook(webhook_id)
        managing.send_test(webhook, actor=self.caller.name, now=timezone.now())
        messages.info(request, _("Test sent. The list below will show the answer."))
        return redirect(self.address(webhook_id))


class SwitchWebhook(WebhookPage):
    """POST /p/{slug}/settings/webhooks/{webhook_id}/switch with `on` or `off`"""

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook, is_on = self.webhook(webhook_id), request.POST.get("to") == "on"
        managing.change_webhook(webhook, {"is_active": is_on}, actor=self.caller.name)
        done = _("{name} turned on.") if is_on else _("{name} turned off.")
        messages.success(request, done.format(name=webhook.name))
        return redirect(self.address(webhook_id))


class Redeliver(WebhookPage):
    """POST /p/{slug}/settings/webhooks/{webhook_id}/deliveries/{delivery_id}"""

    def post(self, request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
        webhook = self.webhook(webhook_id)
        deliveries = webhook.deliveries.select_related("webhook__project")
        delivery = deliveries.filter(pk=delivery_id).first()
        if delivery is None:
            raise Http404("This webhook has no such delivery.")
        try:
            managing.redeliver(delivery, actor=self.caller.name, now=timezone.now())
        except GavelError as error:
            messages.error(request, refusals.in_words(error.detail))
        else:
            messages.info(request, _("Sending it again."))
        return redirect(self.address(webhook_id))


class RotateSecret(WebhookPage):
    """GET, POST /p/{slug}/settings/webhooks/{webhook_id}/secret"""

    def get(self, _request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook = self.webhook(webhook_id)
        return self.confirm_change(
            webhook,
            _("New secret for {name}").format(name=webhook.name),
            _("Create new secret"),
            _("The new secret is shown once. For 24 hours calls are signed with both secrets."),
            _("After that, a receiver that only knows the old one will refuse calls."),
        )

    def post(self, _request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook = self.webhook(webhook_id)
        secret = managing.rotate_secret(webhook, actor=self.caller.name, now=timezone.now())
        return shown_once(self, webhook, secret)


class DeleteWebhook(WebhookPage):
    """GET, POST /p/{slug}/settings/webhooks/{webhook_id}/delete"""

    def get(self, _request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook = self.webhook(webhook_id)
        return self.confirm_change(
            webhook,
            _("Delete {name}").format(name=webhook.name),
            _("Delete webhook"),
            _("Gavel no longer calls it. Pending deliveries are not sent."),
            _("Its deliveries and its secret are deleted too."),
        )

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook = self.webhook(webhook_id)
        managing.delete_webhook(webhook, actor=self.caller.name)
        messages.success(request, _("{name} deleted.").format(name=webhook.name))
        return redirect("console:webhooks", self.project.slug)
