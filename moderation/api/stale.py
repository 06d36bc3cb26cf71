"""Tell in the answer of a write if the project's rules cannot be compiled."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.accounts.callers import Caller
from moderation.rules.active import active_ruleset

#: docs/rules.md, "Rules that cannot be compiled".
HEADER = "Gavel-Ruleset"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class RulesetView(APIView):
    """A view whose writes change the ruleset."""

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        # Asked for only after a success: who is refused has no caller, and would be refused again.
        if request.method in WRITES and answer.status_code < 300:
            caller = request.auth
            if isinstance(caller, Caller):
                is_stale = active_ruleset(caller.project).is_stale
                answer[HEADER] = "stale" if is_stale else "in force"
        return answer
