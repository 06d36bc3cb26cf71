"""The queue, one item, and the next one to work on."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.errors import NotFound
from reviews import claims
from reviews.api.filters import QueueOrder, ReviewFilter
from reviews.api.rows import detail_row, item_row
from reviews.api.shapes import ReviewDetail, ReviewRow
from reviews.history import history_of, neighbours_of
from reviews.models import ReviewItem, ReviewItemQuerySet


class ReviewsView(GenericAPIView[ReviewItem]):
    """GET /api/v1/reviews"""

    action = "read"
    filter_backends = [DjangoFilterBackend, QueueOrder]
    filterset_class = ReviewFilter
    pagination_class = KeysetPagination

    def get_queryset(self) -> ReviewItemQuerySet:
        return ReviewItem.objects.filter(project=caller_of(self.request).project).with_details()

    @extend_schema(summary="The queue", responses=ReviewRow)
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        now = timezone.now()
        return self.get_paginated_response([item_row(item, now) for item in page or []])


class ReviewView(APIView):
    """GET /api/v1/reviews/{id}"""

    action = "read"

    @extend_schema(summary="One item with all that helps to rule on it", responses=ReviewDetail)
    def get(self, request: Request, review_id: UUID) -> Response:
        now, item = timezone.now(), shown_item(request, review_id)
        return Response(detail_row(item, history_of(item.log, now), neighbours_of(item.log), now))


class NextView(APIView):
    """POST /api/v1/reviews/next"""

    action = "review"

    @extend_schema(summary="Claim the most urgent item", responses={200: ReviewRow, 204: None})
    def post(self, request: Request) -> Response:
        claimed = claims.next_item(caller_of(request), now=timezone.now())
        return Response(row_of(request, claimed.pk)) if claimed else Response(status=204)


def shown_item(request: Request, review_id: UUID) -> ReviewItem:
    """Return the item as answers show it; another project's is as absent as none."""
    items = ReviewItem.objects.filter(project=caller_of(request).project).with_details()
    item = items.filter(pk=review_id).first()
    if item is None:
        raise NotFound(f"there is no review {review_id} in this project")
    return item


def row_of(request: Request, review_id: UUID) -> dict[str, Any]:
    return item_row(shown_item(request, review_id), timezone.now())
