"""The relay: numbers without gap, folded figures, sinks that fail, one leader."""

import math
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from moderation.delivery import relay
from moderation.delivery.relay import housekeeping, leader_election, numbering, ticks
from moderation.delivery.relay.ticks import STATS_PAUSE_SECONDS, Relay
from moderation.events.counters import stats_for
from moderation.events.event import Cause
from moderation.models import Counter, Lease, OutboxEvent, Project
from moderation.models.events import ALL_TIME
from tests.delivery.sockets.telling import NEW_APPROVED, eventually, project, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_services]


class ListSink(relay.Sink):
    """Keeps what it is given; fails as often as it is told to."""

    def __init__(self, failures=0, audience="house"):
        self.failures = failures
        self.audience = audience
        self.got = []

    def wants(self, event):
        return event.audience == self.audience

    def deliver(self, events):
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the broker is away")
        self.got += events

    @property
    def numbers(self):
        return [event.data["number"] for event in self.got if "number" in event.data]


@pytest.fixture
def arena():
    return project()


def internal():
    return list(OutboxEvent.objects.filter(audience="house").order_by("seq"))


def lead_of_another(seconds):
    until = timezone.now() + timedelta(seconds=seconds)
    Lease.objects.create(name="relay", holder="another", expires_at=until)


def test_events_are_numbered_in_the_order_they_were_told(arena):
    tell(arena, 1, 2, 3)
    relay.run_once([])
    assert [(event.seq, event.data.get("number")) for event in internal()] == [
        (1, 1), (2, 2), (3, 3), (4, None),
    ]  # fmt: skip


def test_each_project_counts_for_itself(arena):
    valley = project("valley")
    tell(arena, 1)
    tell(valley, 2)
    relay.run_once([])
    told = OutboxEvent.objects.filter(type="moderation_update")
    assert set(told.values_list("project__slug", "seq")) == {("arena", 1), ("valley", 1)}


def test_an_event_that_commits_late_is_numbered_last(arena):
    tell(arena, 1)
    early = OutboxEvent.objects.get()
    OutboxEvent.objects.all().delete()
    tell(arena, 2)
    relay.run_once([])
    early.save(force_insert=True)
    relay.run_once([])
    assert [event.data.get("number") for event in internal()] == [2, None, 1, None]


def test_more_than_a_batch_is_relayed_at_once(arena):
    tell(arena, *range(510))
    assert relay.run_once([]).numbered >= 511
    assert [event.seq for event in internal()] == list(range(1, len(internal()) + 1))


def test_tallies_become_figures_of_the_minute_and_of_all_time(arena):
    tell(arena, 1, 2, tally=NEW_APPROVED)
    tell(arena, 3, tally={"approved": -1, "rejected": 1})
    relay.run_once([])
    totals = Counter.objects.filter(minute=ALL_TIME).values_list("metric", "value")
    assert set(totals) == {("total", 2), ("approved", 1), ("rejected", 1)}
    assert not Counter.objects.exclude(minute=ALL_TIME).filter(minute__second__gt=0).exists()


def test_figures_add_up_over_ticks(arena):
    tell(arena, 1, tally=NEW_APPROVED)
    relay.run_once([])
    tell(arena, 2, tally=NEW_APPROVED)
    relay.run_once([])
    assert Counter.objects.get(metric="approved", minute=ALL_TIME).value == 2


def test_figures_have_the_contracts_shape(arena):
    tally = {"total": 3, "approved": 2, "rejected": 1, "open_reviews": 1}
    tell(arena, 1, tally=tally)
    relay.run_once([])
    assert stats_for(arena) == {
        "total_content": 3, "approved": 2, "rejected": 1, "flagged": 0, "approval_rate": 66.7,
        "rejection_rate": 33.3, "flag_rate": 0.0, "recent_activity": [], "open_reviews": 1,
    }  # fmt: skip


def test_an_empty_project_has_rates_of_zero(arena):
    assert stats_for(arena)["approval_rate"] == 0.0


def test_stats_update_follows_the_last_event_with_its_figures(arena):
    tell(arena, 1, 2, tally=NEW_APPROVED)
    relay.run_once([])
    last = internal()[-1]
    assert (last.type, last.data["total_content"]) == ("stats_update", 2)


def test_stats_updates_are_a_tenth_of_a_second_apart(arena):
    one = Relay([])
    one.tick()  # the first one does the housekeeping
    moments = []
    while len(moments) < 3:
        tell(arena, 1)
        one.tick()
        moments = [event.created_at for event in internal() if event.type == "stats_update"]
    assert min(b - a for a, b in pairwise(moments)) >= timedelta(seconds=0.09)


def test_the_relay_knows_when_the_next_stats_update_is_due(arena):
    one = Relay([])
    assert one.seconds_to_stats == math.inf
    tell(arena, 1)
    one.tick()
    assert one.seconds_to_stats == 0.0
    one.tick()
    assert one.seconds_to_stats == math.inf
    tell(arena, 1)
    one.tick()
    assert one.seconds_to_stats <= STATS_PAUSE_SECONDS


def test_stats_update_owed_by_a_dead_leader_is_made_by_the_next(arena):
    tell(arena, 1)
    dead = Relay([])
    dead.tick()
    Lease.objects.update(expires_at=timezone.now())
    relay.run_once([])
    assert [event.type for event in internal()] == ["moderation_update", "stats_update"]


def test_events_numbered_but_not_sent_by_a_dead_leader_are_sent(arena, monkeypatch):
    tell(arena, 1)
    monkeypatch.setattr(ticks.Delivery, "accept", lambda self, events: 0)
    Relay([]).tick()
    monkeypatch.undo()
    Lease.objects.update(expires_at=timezone.now())
    sink = ListSink()
    relay.run_once([sink])
    assert sink.numbers == [1]


def test_a_deleted_projects_events_are_not_numbered(arena, monkeypatch):
    valley = project("valley")
    tell(arena, 1)
    tell(valley, 2)
    real = numbering._take_numbers

    def deleting(needed):
        Project.objects.filter(pk=valley.pk).delete()
        return real(needed)

    monkeypatch.setattr(numbering, "_take_numbers", deleting)
    sink = ListSink()
    relay.run_once([sink])
    assert sink.numbers == [1]


def test_a_tick_costs_as_many_statements_for_twenty_events_as_for_one(
    arena, django_assert_max_num_queries, monkeypatch
):
    # Renewing the lease is one more statement, after a second.
    monkeypatch.setattr("moderation.delivery.relay.leader_election.RENEWAL_SECONDS", 3600)
    one = Relay([ListSink()])
    one.tick()
    tell(arena, *range(20), tally=NEW_APPROVED)
    with django_assert_max_num_queries(13):
        assert one.tick().numbered == 20


def test_a_failing_sink_neither_blocks_the_others_nor_loses_the_event(arena):
    broken, sound = ListSink(failures=1), ListSink()
    tell(arena, 1)
    relay.run_once([broken, sound])
    assert (broken.numbers, sound.numbers) == ([], [1])
    assert OutboxEvent.objects.get(type="moderation_update").sent_at is None
    relay.run_once([broken])
    assert broken.numbers == [1]


def test_a_sink_that_recovers_gets_everything_in_order_and_once(arena, monkeypatch):
    monkeypatch.setattr("moderation.delivery.relay.delivery.FIRST_PAUSE_SECONDS", 0.0)
    broken, sound = ListSink(failures=2), ListSink()
    one = Relay([broken, sound])
    for number in (1, 2, 3, 4):
        tell(arena, number)
        one.tick()
    one.tick()
    assert broken.numbers == sound.numbers == [1, 2, 3, 4]


def test_a_sink_far_behind_reads_its_events_again(arena, monkeypatch):
    monkeypatch.setattr("moderation.delivery.relay.delivery.MOST_IN_MEMORY", 1)
    sink = ListSink()
    tell(arena, 1, 2, 3)
    relay.run_once([sink])
    assert sink.numbers == [1, 2, 3]


def test_events_handed_over_are_marked_sent(arena):
    tell(arena, 1)
    relay.run_once([ListSink()])
    assert not OutboxEvent.objects.filter(sent_at=None).exists()


def test_an_external_event_is_not_numbered(arena):
    tell(arena, 1, type_="moderation.warning")
    relay.run_once([])
    sent = OutboxEvent.objects.get()
    assert (sent.seq, sent.sent_at is None) == (None, False)


def test_a_held_external_event_waits(arena):
    sink = ListSink(audience="outside")
    later = timezone.now() + timedelta(minutes=1)
    tell(arena, 1, type_="moderation.warning", cause=Cause("tests", hold_until=later))
    relay.run_once([sink])
    assert (sink.got, OutboxEvent.objects.get().sent_at) == ([], None)


def test_an_external_event_is_sent_once_its_hold_is_over(arena):
    sink = ListSink(audience="outside")
    tell(arena, 1, type_="moderation.warning", cause=Cause("tests", hold_until=timezone.now()))
    relay.run_once([sink])
    assert sink.numbers == [1]


def test_a_cancelled_event_is_never_sent(arena):
    sink = ListSink(audience="outside")
    tell(arena, 1, type_="moderation.warning")
    OutboxEvent.objects.update(cancelled_at=timezone.now())
    relay.run_once([sink])
    assert (sink.got, OutboxEvent.objects.get().sent_at is None) == ([], False)


def test_new_external_events_pass_those_that_wait_for_a_sink(arena, monkeypatch):
    monkeypatch.setattr("moderation.delivery.relay.unsent.BATCH", 2)
    broken, sound = ListSink(9, audience="outside"), ListSink(audience="outside")
    one = Relay([broken, sound])
    for number in range(6):
        tell(arena, number, type_="moderation.warning")
        one.tick()
    assert sound.numbers == [0, 1, 2, 3, 4, 5]


def test_nobody_relays_beside_a_leader(arena):
    lead_of_another(seconds=60)
    tell(arena, 1)
    assert relay.run_once([]).leads is False
    assert OutboxEvent.objects.get().seq is None


def test_a_lease_that_ran_out_is_taken_over(arena):
    lead_of_another(seconds=-1)
    tell(arena, 1)
    assert relay.run_once([]).numbered == 2


def test_a_leader_that_lost_its_lease_writes_nothing(arena):
    one = Relay([])
    one.tick()
    Lease.objects.update(holder="another")
    tell(arena, 1)
    assert one.tick().leads is False
    assert OutboxEvent.objects.get().seq is None


def test_run_once_gives_up_the_lease():
    relay.run_once([])
    assert not Lease.objects.filter(name=leader_election.NAME).exists()


def test_old_events_are_deleted_but_not_the_newest_nor_the_unsent(arena, monkeypatch):
    monkeypatch.setattr(housekeeping, "KEPT_FOR_REPLAY", 3)
    tell(arena, 1, 2, 3, 4, 5)
    relay.run_once([ListSink()])
    OutboxEvent.objects.filter(seq=2).update(sent_at=None)
    housekeeping.prune(timezone.now())
    assert [event.seq for event in internal()] == [2, 4, 5, 6]


def test_a_sent_external_event_is_deleted_after_a_day(arena):
    tell(arena, 1, type_="moderation.warning")
    relay.run_once([])
    assert housekeeping.prune(timezone.now()) == 0
    assert housekeeping.prune(timezone.now() + timedelta(days=2)) == 1


def test_what_a_decision_caused_is_kept_for_an_undo(arena):
    tell(arena, 1, type_="moderation.warning", cause=Cause("tests", decision=uuid4()))
    relay.run_once([])
    assert housekeeping.prune(timezone.now() + timedelta(days=2)) == 0


def test_a_failing_job_does_not_stop_the_relay(arena, monkeypatch):
    def broken(now):
        raise RuntimeError("this job is broken")

    monkeypatch.setattr(housekeeping, "JOBS", (broken,))
    tell(arena, 1)
    assert relay.run_once([]).numbered == 2


def test_relay_is_stopped_where_nobody_leads():
    assert relay.relay_state() == "stopped"


def test_relay_is_running_where_somebody_leads(arena):
    lead_of_another(seconds=5)
    tell(arena, 1)
    assert relay.relay_state() == "running"


def test_relay_is_late_when_an_event_waits_for_over_five_seconds(arena):
    lead_of_another(seconds=5)
    tell(arena, 1)
    OutboxEvent.objects.update(created_at=timezone.now() - timedelta(seconds=6))
    assert relay.relay_state() == "late"


def test_an_idle_tick_takes_no_transaction(arena, django_assert_max_num_queries):
    one = Relay([])
    one.tick()
    with django_assert_max_num_queries(3) as queries:
        one.tick()
    assert not [query for query in queries.captured_queries if "BEGIN" in query["sql"]]


def test_a_relay_in_process_survives_a_database_fault(arena, monkeypatch):
    real = leader_election.take_or_renew
    faults = [OperationalError("gone")]

    def flaky(*args):
        if faults:
            raise faults.pop()
        return real(*args)

    monkeypatch.setattr(leader_election, "take_or_renew", flaky)
    monkeypatch.setattr("moderation.delivery.relay.loop.ERROR_PAUSE_SECONDS", 0.01)
    relay.start_in_process()
    tell(arena, 1)
    eventually(lambda: OutboxEvent.objects.filter(seq=1).exists())
    relay.stop_in_process()
    assert faults == []


def test_a_relay_in_process_gives_up_the_lease_when_stopped():
    relay.start_in_process()
    relay.start_in_process()
    eventually(Lease.objects.filter(name=leader_election.NAME).exists)
    relay.stop_in_process()
    assert not Lease.objects.filter(name=leader_election.NAME).exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans without figures")
def test_tables_without_figures_are_analyzed_once(arena):
    with connection.cursor() as cursor:
        # In a long run of tests PostgreSQL has looked at the table by itself.
        cursor.execute(
            "SELECT pg_stat_reset_single_table_counters('moderation_outboxevent'::regclass)"
        )
        tell(arena, *range(60))
        cursor.execute("SELECT pg_stat_force_next_flush()")
    eventually(lambda: "moderation_outboxevent" in housekeeping.analyze_new_tables(timezone.now()))
    eventually(lambda: housekeeping.analyze_new_tables(timezone.now()) == [])
    assert housekeeping.analyze_new_tables(timezone.now()) == []
