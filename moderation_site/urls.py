"""The site's addresses."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from moderation.api.errors import not_found
from moderation.api.health import livez, readyz

urlpatterns = [
    # One sign-in for all, so that one limit counts the tries.
    path("admin/login/", RedirectView.as_view(pattern_name="console:sign-in", query_string=True)),
    path("admin/", admin.site.urls),
    path("livez", livez),
    path("readyz", readyz),
    path("api/v1/", include("moderation.urls")),
    path("api/v1/", include("reviews.urls")),
    path("", include("moderation.pages.urls")),
    path("", include("reviews.pages.urls")),
    path("api/admin/moderation/", include("reviews.older_urls")),
    path("", include("moderation.integrations.compat.urls")),
    re_path(r"^api/(?P<path>.*)$", not_found),
]
