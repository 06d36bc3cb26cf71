"""The older services' addresses that need reviews, under /api/admin/moderation/."""

from django.urls import path

from reviews.api.legacy import DecideView, FlaggedView, StatsView

urlpatterns = [
    path("stats", StatsView.as_view()),
    path("flagged", FlaggedView.as_view()),
    path("review/<path:message_id>", DecideView.as_view()),
]
