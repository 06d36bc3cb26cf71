"""Number the stored events, fold the statistics and hand everything to the sinks.

Read in this order: `leader_election` (one process leads), `ticks` (what the leader does, over and
over), `numbering` (a tick's transaction), `delivery` (what follows its commit), `loop` (the
thread).
"""

from moderation.delivery.relay.delivery import Sink, SinkAway
from moderation.delivery.relay.loop import run_until, start_in_process, stop_in_process
from moderation.delivery.relay.state import relay_state
from moderation.delivery.relay.ticks import Relayed, run_once

__all__ = [
    "Relayed",
    "Sink",
    "SinkAway",
    "relay_state",
    "run_once",
    "run_until",
    "start_in_process",
    "stop_in_process",
]
