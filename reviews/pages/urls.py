"""The addresses of the review desk's pages."""

from django.urls import path

from reviews.pages import (
    actions,
    appeals,
    authors,
    backtests,
    banning,
    content,
    drawer,
    exports,
    insights,
    item,
    public,
    saved,
    team,
    transparency,
    verbs,
)
from reviews.pages.bulk import Bulk, BulkDecide, BulkUndo
from reviews.pages.bulk_ban import BulkBan, BulkBanned
from reviews.pages.queue import Lanes, New, Queue

BACKTESTS = "p/<slug:slug>/rules/backtests"

app_name = "desk"
urlpatterns = [
    path("p/<slug:slug>/queue", Queue.as_view(), name="queue"),
    path("p/<slug:slug>/queue/lanes", Lanes.as_view(), name="lanes"),
    path("p/<slug:slug>/queue/bulk", Bulk.as_view(), name="bulk"),
    path("p/<slug:slug>/queue/bulk/decide", BulkDecide.as_view(), name="bulk-decide"),
    path("p/<slug:slug>/queue/bulk/undo", BulkUndo.as_view(), name="bulk-undo"),
    path("p/<slug:slug>/queue/bulk/ban", BulkBan.as_view(), name="bulk-ban"),
    path("p/<slug:slug>/queue/bulk/banned", BulkBanned.as_view(), name="bulk-banned"),
    path("p/<slug:slug>/queue/saved", saved.SaveFilter.as_view(), name="filter-save"),
    path(
        "p/<slug:slug>/queue/saved/<uuid:filter_id>/forget",
        saved.ForgetFilter.as_view(),
        name="filter-forget",
    ),
    path("p/<slug:slug>/queue/new", New.as_view(), name="new"),
    path("p/<slug:slug>/queue/<uuid:review_id>", item.ItemPage.as_view(), name="item"),
    path("p/<slug:slug>/queue/<uuid:review_id>/claim", actions.Claim.as_view(), name="claim"),
    path("p/<slug:slug>/queue/<uuid:review_id>/release", actions.Release.as_view(), name="release"),
    path(
        "p/<slug:slug>/queue/<uuid:review_id>/take-over",
        actions.TakeOver.as_view(),
        name="take-over",
    ),
    path("p/<slug:slug>/queue/<uuid:review_id>/decide", actions.Decide.as_view(), name="decide"),
    path("p/<slug:slug>/queue/<uuid:review_id>/skip", actions.Skip.as_view(), name="skip"),
    path("p/<slug:slug>/queue/<uuid:review_id>/undo", actions.Undo.as_view(), name="undo"),
    path("p/<slug:slug>/queue/<uuid:review_id>/notes", actions.Note.as_view(), name="note"),
    path("p/<slug:slug>/queue/<uuid:review_id>/explain", actions.Explain.as_view(), name="explain"),
    path("p/<slug:slug>/queue/<uuid:review_id>/answer", actions.Answer.as_view(), name="answer"),
    path("p/<slug:slug>/content", content.Content.as_view(), name="content"),
    path("p/<slug:slug>/content/<uuid:content_id>", content.ContentEntry.as_view(), name="log"),
    path(
        "p/<slug:slug>/content/<uuid:content_id>/verbs", verbs.MessageVerb.as_view(), name="verbs"
    ),
    path(
        "p/<slug:slug>/content/<uuid:content_id>/picture",
        content.PictureFile.as_view(),
        name="picture",
    ),
    path("p/<slug:slug>/bans/new", banning.BanAndSweep.as_view(), name="ban-new"),
    path("p/<slug:slug>/bans/swept", banning.Swept.as_view(), name="swept"),
    path("p/<slug:slug>/appeals", appeals.Appeals.as_view(), name="appeals"),
    path("p/<slug:slug>/appeals/<uuid:appeal_id>", appeals.AppealPage.as_view(), name="appeal"),
    path("transparency/<slug:slug>", transparency.Transparency.as_view(), name="transparency"),
    path("appeal/<str:token>", public.AppealLink.as_view(), name="appeal-link"),
    path("appeal/<str:token>/statement", public.StatementLink.as_view(), name="statement-link"),
    path("p/<slug:slug>/settings/exports", exports.Exports.as_view(), name="exports"),
    path("p/<slug:slug>/insights", insights.Insights.as_view(), name="insights"),
    path("p/<slug:slug>/insights/team", team.TeamPage.as_view(), name="team"),
    path(BACKTESTS, backtests.Backtests.as_view(), name="backtests"),
    path(f"{BACKTESTS}/rule", backtests.BacktestRule.as_view(), name="backtest-rule"),
    path(f"{BACKTESTS}/policy", backtests.BacktestPolicy.as_view(), name="backtest-policy"),
    path(f"{BACKTESTS}/<uuid:backtest_id>", backtests.BacktestPage.as_view(), name="backtest"),
    path(
        f"{BACKTESTS}/<uuid:backtest_id>/cancel",
        backtests.CancelBacktest.as_view(),
        name="backtest-cancel",
    ),
    path(
        f"{BACKTESTS}/<uuid:backtest_id>/apply",
        backtests.ApplyPolicy.as_view(),
        name="backtest-apply",
    ),
    path("p/<slug:slug>/authors", authors.Authors.as_view(), name="authors"),
    path("p/<slug:slug>/authors/drawer", drawer.Drawer.as_view(), name="drawer"),
    path("p/<slug:slug>/authors/notes", drawer.AuthorNotes.as_view(), name="author-notes"),
    path("p/<slug:slug>/authors/data", authors.DataOfAuthor.as_view(), name="author-data"),
    path("p/<slug:slug>/authors/trust", authors.Trust.as_view(), name="trust"),
]
