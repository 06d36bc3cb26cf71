"""Number the stored events, fold the statistics and hand everything to the sinks.

Read in this order: `leading` (one process leads), `numbering` (a round's transaction),
`delivery` (what follows its commit), `rounds` (one leader's work), `loop` (how it runs).
"""

from moderation.relay.delivery import Sink
from moderation.relay.loop import run_until, start_in_process, stop_in_process
from moderation.relay.rounds import Relayed, run_once
from moderation.relay.state import relay_state

__all__ = [
    "Relayed",
    "Sink",
    "relay_state",
    "run_once",
    "run_until",
    "start_in_process",
    "stop_in_process",
]
