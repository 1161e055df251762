"""What is left of a pool: the swept levels against counting every day one by one."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luodi.factors.engine.balance import Line, at, earliest, first_shortage, fits, least, levels

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no finding
FIRST = date(2026, 1, 1)
DAYS = 12
offsets = st.integers(0, DAYS - 1)


@st.composite
def lines(draw):
    begin = draw(offsets)
    length = draw(st.none() | st.integers(0, DAYS))
    end = None if length is None else FIRST + timedelta(begin + length)
    return Line(draw(st.integers(1, 9)), FIRST + timedelta(begin), end)


books = st.tuples(st.lists(lines(), max_size=6), st.lists(lines(), max_size=6))


def there(line, day):
    return line.begin <= day and (line.end is None or day <= line.end)


def counted(grants, claims, day):
    return sum(one.amount for one in grants if there(one, day)) - sum(one.amount for one in claims if there(one, day))


def later(line):
    """Past the last change nothing changes any more, so so many days stand for ever."""
    last = FIRST + timedelta(3 * DAYS)
    day = line.begin
    while day <= min(line.end or last, last):
        yield day
        day += timedelta(1)


@patient
@given(books, offsets)
def test_what_is_left_on_a_day_is_what_was_granted_less_what_was_claimed(book, offset):
    day = FIRST + timedelta(offset)

    assert at(levels(*book), day).left == counted(*book, day)


@patient
@given(books, lines())
def test_a_claim_fits_when_on_every_day_of_it_enough_is_left(book, claim):
    enough = all(counted(*book, day) >= claim.amount for day in later(claim))

    assert fits(levels(*book), claim) == enough


@patient
@given(books, lines())
def test_the_earliest_day_is_the_first_of_all_days_on_which_it_fits(book, claim):
    found = levels(*book)
    length = None if claim.end is None else claim.end - claim.begin
    days = (claim.begin + timedelta(n) for n in range(2 * DAYS + 2))
    tried = (Line(claim.amount, day, None if length is None else day + length) for day in days)

    assert earliest(found, claim) == next((one.begin for one in tried if fits(found, one)), None)


@patient
@given(books, lines())
def test_a_claim_that_fits_leaves_no_day_short_that_was_not_short_before(book, claim):
    grants, claims = book
    found = levels(grants, claims)
    if not fits(found, claim):
        return
    after = levels(grants, [*claims, claim])

    assert least(after, claim.begin, claim.end) >= 0


@patient
@given(books)
def test_the_first_shortage_is_the_first_day_below_nought(book):
    short = first_shortage(levels(*book), FIRST)
    days = [day for day in later(Line(1, FIRST)) if counted(*book, day) < 0]

    assert (short and max(short.day, FIRST)) == (days[0] if days else None)
