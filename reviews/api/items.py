"""The queue, one item, and the next one to work on."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.filters import StrictFilterBackend
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.lib.errors import NotFound
from reviews.api.filters import QueueOrder, ReviewFilter
from reviews.api.rows import detail_row
from reviews.api.shapes import ReviewDetail
from reviews.casefile.history import author_history_of, neighbours_of
from reviews.casefile.rows import item_row
from reviews.casefile.shapes import ReviewRow
from reviews.models import ReviewItem, ReviewItemQuerySet
from reviews.queue import claims


class ReviewsView(GenericAPIView[ReviewItem]):
    """GET /api/v1/reviews"""

    action = "read"
    filter_backends = [StrictFilterBackend, QueueOrder]
    filterset_class = ReviewFilter
    pagination_class = KeysetPagination

    def get_queryset(self) -> ReviewItemQuerySet:
        return ReviewItem.objects.filter(project=caller_of(self.request).project).with_details()

    @extend_schema(summary="List the queue", responses=ReviewRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        now = timezone.now()
        return self.get_paginated_response([item_row(item, now) for item in page or []])


class ReviewView(APIView):
    """GET /api/v1/reviews/{id}"""

    action = "read"

    @extend_schema(summary="An item with all details", responses=ReviewDetail)
    def get(self, request: Request, review_id: UUID) -> Response:
        now, item = timezone.now(), shown_item(request, review_id)
        return Response(
            detail_row(item, author_history_of(item.log, now), neighbours_of(item.log), now)
        )


class NextView(APIView):
    """POST /api/v1/reviews/next"""

    action = "review"

    @extend_schema(summary="Claim the most urgent item", responses={200: ReviewRow, 204: None})
    def post(self, request: Request) -> Response:
        claimed = claims.next_item(caller_of(request), now=timezone.now())
        return Response(row_of(request, claimed.pk)) if claimed else Response(status=204)


def shown_item(request: Request, review_id: UUID) -> ReviewItem:
    """Return the item with details; NotFound for another project's."""
    items = ReviewItem.objects.filter(project=caller_of(request).project).with_details()
    item = items.filter(pk=review_id).first()
    if item is None:
        raise NotFound(f"there is no review {review_id} in this project")
    return item


def row_of(request: Request, review_id: UUID) -> ReviewRow:
    return item_row(shown_item(request, review_id), timezone.now())
