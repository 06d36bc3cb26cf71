"""The addresses of the review API, under /api/v1/."""

from django.urls import path

from reviews.api import (
    appeals,
    backtests,
    decisions,
    exports,
    items,
    logs,
    reports,
    saved_filters,
    statements,
    timeseries,
    transparency,
)

urlpatterns = [
    path("reviews", items.ReviewsView.as_view()),
    path("reviews/next", items.NextView.as_view()),
    path("reviews/bulk", decisions.BulkView.as_view()),
    path("reviews/<uuid:review_id>", items.ReviewView.as_view()),
    path("reviews/<uuid:review_id>/claim", decisions.ClaimView.as_view()),
    path("reviews/<uuid:review_id>/release", decisions.ReleaseView.as_view()),
    path("reviews/<uuid:review_id>/decide", decisions.DecideView.as_view()),
    path("reviews/<uuid:review_id>/undo", decisions.UndoView.as_view()),
    path("reviews/<uuid:review_id>/notes", decisions.NotesView.as_view()),
    path("logs", logs.LogsView.as_view()),
    path("logs/<uuid:content_id>", logs.LogView.as_view()),
    path("logs/<uuid:content_id>/statement", statements.ContentStatementView.as_view()),
    path("bans/<uuid:ban_id>/statement", statements.BanStatementView.as_view()),
    path("transparency", transparency.TransparencyView.as_view()),
    path("appeals", appeals.AppealsView.as_view()),
    path("appeals/<uuid:appeal_id>/decide", appeals.DecideAppealView.as_view()),
    path("appeals/status/<str:token>", appeals.AppealStatusView.as_view()),
    path("stats/timeseries", timeseries.TimeSeriesView.as_view()),
    path("exports", exports.ExportsView.as_view()),
    path("exports/<uuid:export_id>", exports.ExportView.as_view()),
    path("exports/<uuid:export_id>/download", exports.DownloadView.as_view()),
    path("saved-filters", saved_filters.SavedFiltersView.as_view()),
    path("saved-filters/<uuid:filter_id>", saved_filters.SavedFilterView.as_view()),
    path("reports", reports.ReportsView.as_view()),
    path("rules/backtest", backtests.RuleBacktestView.as_view()),
    path("policy/backtest", backtests.PolicyBacktestView.as_view()),
    path("backtests/<uuid:backtest_id>", backtests.BacktestView.as_view()),
]
