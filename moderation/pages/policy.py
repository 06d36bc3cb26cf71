"""The content security policy: a strict one for our pages, looser ones for third-party pages."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class PagePolicyMiddleware(CSPMiddleware):
    """Apply the policy that settings.PAGE_POLICIES names for the path, else the strict one."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        # JSON runs no script, and building the header costs more than some API answers.
        if response.headers.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)
        return response

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 (django-csp's signature)
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for prefix, directives in settings.PAGE_POLICIES.items():
            if request.path.startswith(prefix):
                parts.replace = dict(directives)
        return parts
