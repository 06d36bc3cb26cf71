"""The site's URLs."""

from allauth.account.views import reauthenticate
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from moderation.api.errors import not_found
from moderation.api.health import livez, readyz
from moderation.pages import failed, single_sign_on
from moderation.pages.signing import AdminSignIn, SignIn, SignOut

handler500 = failed.server_error
urlpatterns = [
    # One sign-in page for all, so that one limit counts the tries.
    path("admin/login/", AdminSignIn.as_view()),
    path("admin/", admin.site.urls),
    path("livez", livez),
    path("readyz", readyz),
    path("api/v1/", include("moderation.urls")),
    path("api/v1/", include("reviews.urls")),
    # allauth's second steps; what it has beside them is ours, and these are the names it knows.
    path("login", SignIn.as_view(), name="account_login"),
    path("login/<str:provider_id>", single_sign_on.start, name="openid_connect_login"),
    path(
        "login/<str:provider_id>/callback",
        single_sign_on.callback,
        name="openid_connect_callback",
    ),
    path("logout", SignOut.as_view(), name="account_logout"),
    path("account/confirm", reauthenticate, name="account_reauthenticate"),
    path("account/steps/", include("allauth.mfa.urls")),
    path("", include("moderation.pages.urls")),
    path("", include("reviews.pages.urls")),
    # The console's addresses have no slash at the end.
    re_path(
        r"^(?P<path>(?:p|appeal|transparency)/.+)/$",
        RedirectView.as_view(url="/%(path)s", query_string=True),
    ),
    path("api/admin/moderation/", include("reviews.api.legacy_urls")),
    path("", include("moderation.integrations.compat.urls")),
    re_path(r"^api/(?P<path>.*)$", not_found),
]
if settings.ENABLE_METRICS:
    from moderation_site import metrics

    urlpatterns.append(path("metrics", metrics.view))
