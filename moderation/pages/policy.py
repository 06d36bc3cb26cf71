"""The content security policy: a strict one for our pages, others for other people's."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class PagePolicyMiddleware(CSPMiddleware):
    """Give a page the policy of its address (settings.PAGE_POLICIES), else the strict one."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        # JSON runs nothing, and building the header costs more than some of the API's answers.
        if response.headers.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)
        return response

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 (theirs)
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for prefix, directives in settings.PAGE_POLICIES.items():
            if request.path.startswith(prefix):
                parts.replace = directives
        return parts
