"""The cases that officials wrote, run: what came out beside what should."""

from collections.abc import Collection
from dataclasses import dataclass

from luodi.screening.engine.explaining import Outcome
from luodi.screening.engine.rulebook import Case, Rulebook
from luodi.screening.engine.screening import Screened, one_row, pooled, read_one, screen


@dataclass(frozen=True, slots=True)
class Ran:
    """One case as it ran. `outcome` is None when the rule was not in force on the case's day."""

    case: Case
    outcome: Outcome | None
    differs: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not self.differs


def run_cases(book: Rulebook, only: Collection[str] = ()) -> list[Ran]:
    """Every case of the book, or of some rules, in their order. A case without a day runs on the day the rulebook takes effect."""
    cases = [case for case in book.cases if not only or case.rule in only]
    ran: dict[int, Ran] = {}
    for day in {case.as_of or book.valid_from for case in cases}:
        places = [place for place, case in enumerate(cases) if (case.as_of or book.valid_from) == day]
        # One table a day: a hundred cases cost little more than one.
        table = pooled([one_row(book, cases[place].facts, (), str(place)) for place in places])
        screened = screen(book, table, day)
        ran.update({place: _ran(screened, cases[place], str(place)) for place in places})
    return [ran[place] for place in range(len(cases))]


def _ran(screened: Screened, case: Case, row: str) -> Ran:
    if not screened.book.rules[case.rule].in_force(screened.as_of):
        return Ran(case, None, (f"{case.rule} 在 {screened.as_of} 没有生效",))
    outcome = read_one(screened, row).outcome(case.rule)
    differs = []
    if outcome.verdict.name.lower() != case.expect:
        differs.append(f"结论应为 {case.expect}，实为 {outcome.verdict.name.lower()}")
    if case.points is not None and outcome.points != case.points:
        differs.append(f"应得 {case.points} 分，实得 {outcome.points} 分")
    if case.missing is not None and set(outcome.missing) != set(case.missing):
        differs.append(f"应缺 {'、'.join(case.missing)}，实缺 {'、'.join(outcome.missing)}")
    return Ran(case, outcome, tuple(differs))
