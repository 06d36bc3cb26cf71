"""The older services' addresses that need reviews, under /api/admin/moderation/."""

from django.urls import path

from reviews.api import older

urlpatterns = [
    path("stats", older.StatsView.as_view()),
    path("flagged", older.FlaggedView.as_view()),
    path("review/<path:message_id>", older.RuleView.as_view()),
]
