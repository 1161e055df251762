"""What of a scan is worth asking: probable enough, and with words that a clerk can check. A number without a reason is no question.

Where the record lacks the registers that the model knows (parcels, representatives, shareholders), pairs look alike because little of them
is known. There a pair is asked about only when enough of what is known is the same, and some of it binds; and a project not for that alone
which is missing, because registers that nobody connected miss everything (`[sparse]` in the city's file).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from luodi.integrity.engine.evidence import LANGUAGES, Said
from luodi.integrity.engine.features import PAIR_KINDS
from luodi.integrity.engine.scanning import Scan
from luodi.integrity.settings import IntegritySettings, integrity_settings

MOST_PARTNERS = 8


@dataclass(frozen=True, slots=True)
class Worth:
    """A question to keep, by project and scheme."""

    key: str
    values: dict[str, Any]


def worth_asking(scan: Scan, *, sparse: bool) -> Iterator[Worth]:
    """What of a scan of the record becomes a question. `sparse`: little is known of most rows."""
    rules = integrity_settings()
    starts = rules.starts(scan.working)
    partners = _partners(scan, {scheme: start.at for scheme, start in starts.items()})
    for one in scan.findings:
        spoken = [
            said for said in one.evidence if _can_be_checked(said, rules, sparse=sparse, pair=one.scheme in PAIR_KINDS)
        ]
        if sparse and rules.absent.issuperset(number for said in spoken for number in said.numbers):
            continue
        if one.probability < starts[one.scheme].at or not spoken:
            continue
        named = {said.other for said in spoken}
        held = [
            [int(other), share] for other, share in partners[one.project, one.scheme] if not sparse or other in named
        ]
        values = {
            "by_rule": False,
            "probability": f"{one.probability:.4f}",
            "group": one.group,
            "partners": held[:MOST_PARTNERS],
            # Other projects are kept by id: their names change, and not everybody may read them.
            "sentences": {tongue: [said.text(tongue, f"{{{said.other}}}") for said in spoken] for tongue in LANGUAGES},
        }
        yield Worth(f"{one.project} {one.scheme}", values)


def _can_be_checked(said: Said, rules: IntegritySettings, *, sparse: bool, pair: bool) -> bool:
    """Of a pair in a sparse record several things must be the same, and some of them bind."""
    if not (sparse and pair):
        return bool(said.numbers)
    return len(said.numbers) >= rules.signs and len(rules.binds & set(said.numbers)) >= rules.binding


def _partners(scan: Scan, floor: Mapping[str, float]) -> Mapping[tuple[str, str], list[tuple[str, float]]]:
    found: dict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    for pair in scan.pairs:
        if pair.probability >= floor[pair.kind]:
            for one, other in ((pair.a, pair.b), (pair.b, pair.a)):
                found[one, pair.kind].append((other, pair.probability))
    return found
