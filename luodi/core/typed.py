"""Numbers and days as people type them into a form. What cannot be read is None, which the action refuses in its own words."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.dateparse import parse_date


def decimal(text: str) -> Decimal | None:
    """A finite number of a reasonable size; a percent sign behind it is the same number."""
    try:
        number = Decimal(text.strip().rstrip("%％").replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**9 else None


def day(text: str) -> date | None:
    try:
        return parse_date(text.strip()) if text.strip() else None
    except ValueError:
        return None


def whole(text: str) -> int:
    """An id; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
