"""Whether evidence proves a stage: the one question that standings and spells both ask."""

from luodi.core.city import City
from luodi.evidence.engine.readiness import Proof, weigh


def proves(code: str, shown: frozenset[Proof], *, city: City, amount_fen: int | None, purchase: bool) -> bool:
    """The evidence of all claims of a stage together completes one of the city's sets."""
    return bool(shown) and weigh(code, shown, city=city, amount_fen=amount_fen, purchase=purchase).is_proven
