"""The city's list of clauses that the fair-competition rules ask about, read once."""

from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language

from luodi.core.installation import city
from luodi.screening.engine.clauses import ClauseKind, ClauseList, find_clauses, read_clauses


@lru_cache(maxsize=4)
def _load(path: Path) -> ClauseList | None:
    return read_clauses(path) if path.exists() else None


def listed() -> ClauseList | None:
    """The list; None for a city that has none."""
    return _load(city().folder / "rulebook" / "clauses.toml")


def kinds_in(text: str) -> list[str]:
    """Codes of the kinds that a clause's words remind of, each once."""
    known = listed()
    return list(dict.fromkeys(match.kind.code for match in find_clauses(text, known))) if known else []


def kind_words(code: str) -> dict[str, str]:
    """A kind for a page: name, why it is asked, by what article, what to do."""
    known = listed()
    kind: ClauseKind | None = next((one for one in known.kinds if one.code == code), None) if known else None
    if kind is None:
        return {"name": code, "explanation": "", "citation": "", "ask": ""}
    english = get_language() == "en"
    return {
        "name": kind.name_en if english else kind.name,
        "explanation": kind.why_en if english else kind.why,
        "ask": kind.ask_en if english else kind.ask,
        "citation": kind.citation,
    }
