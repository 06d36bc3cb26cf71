from moderation.queries.administration import (
    Banned,
    ChannelFigures,
    Standing,
    ViolationSummary,
    banned_users,
    channel_figures,
    standing_of,
    summary_of,
    violations_of,
)
from moderation.queries.authors import (
    History,
    active_ban,
    activity_of,
    count_active_strikes,
    history_of,
    scope_of,
    status_of,
)
from moderation.queries.bans import Foreseen, active_bans, bans_at, ended_bans, foresee_ban
from moderation.queries.compiling import InForce, stored_policy
from moderation.queries.finding import Found, find
from moderation.queries.in_force import (
    forget_in_force,
    in_force,
    policy_at,
    policy_of,
    ruleset_of,
)
from moderation.queries.latest import judging_times, latest_verdicts
from moderation.queries.overview import bans_in_force, checks_by_verdict
from moderation.queries.paging import Page, capped_count, page_of
from moderation.queries.people import (
    ended_keys,
    members_of,
    memberships_with_figures,
    working_keys,
)
from moderation.queries.rebuilding import Past
from moderation.queries.recent import STATS_WINDOWS, EventPage, events_after, stats_within
from moderation.queries.rules import FIGURE_DAYS, RuleFigures, rule_figures
from moderation.queries.series import WINDOWS, Series, Window, series_of
from moderation.queries.words import (
    WordFigures,
    exported_words,
    languages_of,
    word_figures,
    words_of,
)

__all__ = [
    "FIGURE_DAYS",
    "STATS_WINDOWS",
    "WINDOWS",
    "Banned",
    "ChannelFigures",
    "EventPage",
    "Foreseen",
    "Found",
    "History",
    "InForce",
    "Page",
    "Past",
    "RuleFigures",
    "Series",
    "Standing",
    "ViolationSummary",
    "Window",
    "WordFigures",
    "active_ban",
    "active_bans",
    "activity_of",
    "banned_users",
    "bans_at",
    "bans_in_force",
    "capped_count",
    "channel_figures",
    "checks_by_verdict",
    "count_active_strikes",
    "ended_bans",
    "ended_keys",
    "events_after",
    "exported_words",
    "find",
    "foresee_ban",
    "forget_in_force",
    "history_of",
    "in_force",
    "judging_times",
    "languages_of",
    "latest_verdicts",
    "members_of",
    "memberships_with_figures",
    "page_of",
    "policy_at",
    "policy_of",
    "rule_figures",
    "ruleset_of",
    "scope_of",
    "series_of",
    "standing_of",
    "stats_within",
    "status_of",
    "stored_policy",
    "summary_of",
    "violations_of",
    "word_figures",
    "words_of",
    "working_keys",
]
