"""Small tables of spells, written the way an office would write them."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from luodi.outcomes.engine.spells import Spells, check_spells

SIGNED = date(2020, 1, 1)
LONG_AFTER = date(2035, 1, 1)


def spells(rows, signed=SIGNED) -> Spells:
    """From (days, outcome) or (days, outcome, extra columns); a blank outcome is lost from sight on that day."""
    made = []
    for number, (days, outcome, *extra) in enumerate(rows):
        line = {"id": f"X{number}", "entered_on": signed, "ended_on": signed + timedelta(days=int(days))}
        made.append({**line, "outcome": outcome, **(extra[0] if extra else {})})
    return check_spells(pl.DataFrame(made, infer_schema_length=None))


def simulated(random, n, *, rate=0.001, other=0.0005, group="A", lateness=0.0, span=1500, as_of=LONG_AFTER):
    """Constant hazards, entries even over `span` days before `as_of`, ends recorded an exponential time later. Truth is known: see `truth`."""
    entered = as_of - pl.Series([timedelta(days=int(day)) for day in random.integers(1, span, n)])
    days = np.ceil(random.exponential(1 / (rate + other), n)).astype(int)
    landed = random.random(n) < rate / (rate + other)
    late = np.floor(random.exponential(lateness, n)).astype(int) if lateness else np.zeros(n, dtype=int)
    ended = entered + pl.Series([timedelta(days=int(day)) for day in days])
    frame = pl.DataFrame(
        {
            "id": [f"{group}{number}" for number in range(n)],
            "entered_on": entered,
            "ended_on": ended,
            "outcome": np.where(landed, "landed", "withdrawn"),
            "district": [group] * n,
        }
    )
    if lateness:
        frame = frame.with_columns((ended + pl.Series([timedelta(days=int(day)) for day in late])).alias("recorded_on"))
    return frame


def truth(at, rate=0.001, other=0.0005):
    """The share landed by `at` days under `simulated`."""
    return rate / (rate + other) * (1 - np.exp(-(rate + other) * at))
