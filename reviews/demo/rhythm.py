"""When the demo's authors talk: by hour and weekday, each language in its own time zone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

DAYS = 30
#: Conversations on an ordinary day.
SCENES_A_DAY = {"en": 10.6, "es": 4.2, "ur": 4.0}
#: How busy each hour from 0 to 23 UTC is; evening comes first in the east.
HOURS = {
    "en": (5, 3, 2, 1, 1, 1, 2, 3, 4, 4, 4, 5, 6, 6, 6, 7, 8, 9, 10, 12, 12, 11, 9, 7),
    "es": (3, 2, 1, 1, 1, 1, 2, 4, 4, 4, 4, 5, 6, 5, 4, 4, 6, 8, 10, 12, 13, 13, 10, 6),
    "ur": (1, 1, 1, 2, 3, 4, 4, 4, 4, 5, 5, 5, 6, 8, 10, 12, 13, 13, 11, 8, 5, 3, 2, 1),
}
#: Monday to Sunday.
WEEKDAYS = (0.8, 0.85, 0.9, 0.95, 1.2, 1.4, 1.25)
#: The last hours are busy at any time of day, so that a fresh demo is never quiet.
LAST_HOURS = timedelta(hours=3)
SCENES_IN_LAST_HOURS = {"en": 4, "es": 2, "ur": 2}


def starts(rng: Random, now: datetime) -> Iterator[tuple[datetime, str]]:
    """Yield when conversations start in the days before now, and their language; unsorted."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = now - timedelta(days=DAYS)
    for age in range(DAYS, -1, -1):
        day = midnight - timedelta(days=age)
        for language, usual in SCENES_A_DAY.items():
            scenes = round(usual * WEEKDAYS[day.weekday()] * rng.uniform(0.8, 1.2))
            for hour in rng.choices(range(24), HOURS[language], k=scenes):
                moment = day + timedelta(hours=hour, minutes=rng.uniform(0, 60))
                if first <= moment < now:
                    yield moment, language
    for language, count in SCENES_IN_LAST_HOURS.items():
        for _ in range(count):
            yield now - LAST_HOURS * rng.random(), language
