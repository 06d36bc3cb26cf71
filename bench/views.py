"""The yardstick: what a DRF view costs that does nothing, behind the product's own server."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class EmptyView(APIView):
    """GET /bench/empty"""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def get(self, _request: Request) -> Response:
        return Response({})
