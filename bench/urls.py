"""The product's addresses and the empty view."""

from django.urls import path

from bench.models import hanging
from bench.views import EmptyView
from moderation.rules.scorer import MAKERS
from moderation_site.urls import urlpatterns as product

urlpatterns = [path("bench/empty", EmptyView.as_view()), *product]

MAKERS["detoxify:hangs"] = hanging
