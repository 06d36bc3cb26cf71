"""The addresses of moderation's native API, under /api/v1/."""

from django.urls import path

from moderation.api import blacklist, health, moderation, policy

urlpatterns = [
    path("health", health.HealthView.as_view()),
    path("ping", health.PingView.as_view()),
    path("moderation/check", moderation.CheckView.as_view()),
    path("moderation/check/batch", moderation.BatchView.as_view()),
    path("moderation/analyze", moderation.AnalyzeView.as_view()),
    path("moderation/status", moderation.StatusView.as_view()),
    path("moderation/status/<str:user_id>/<str:channel_id>", moderation.StatusView.as_view()),
    path("blacklist/words", blacklist.WordsView.as_view()),
    path("blacklist/words/<uuid:word_id>", blacklist.WordView.as_view()),
    path("policy", policy.PolicyView.as_view()),
]
