"""What of a scan is worth asking: probable enough, and with words that a clerk can check. A number without a reason is no question.

Where the record lacks the registers that the model knows (parcels, representatives, shareholders), pairs look alike because little of them
is known. There a pair is asked about only when enough of what is known is the same, and some of it binds (`[sparse]` in the city's file).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from luodi.integrity.engine.features import PAIR_KINDS
from luodi.integrity.engine.indicators import indicators
from luodi.integrity.engine.scanning import Finding, Scan
from luodi.integrity.settings import IntegritySettings, integrity_settings

LANGUAGES = ("zh", "en")
MOST_PARTNERS = 8
_OTHER = re.compile(r"(项目|project) (\d+)")
_OF_PAIR = re.compile(r"^与项目 (\d+)[：: ]*(?P<said>.*?)(，合计 [\d.,]+ 亿元)?$")


@dataclass(frozen=True, slots=True)
class Worth:
    """A question to keep, by project and scheme."""

    key: str
    values: dict[str, Any]


def worth_asking(scans: Mapping[str, Scan], *, sparse: bool) -> Iterator[Worth]:
    """`scans` of one record, a language each. `sparse`: little is known of most rows."""
    rules, zh = integrity_settings(), scans["zh"]
    partners = _partners(zh, rules.ask_from)
    told = {language: {(one.project, one.scheme): one for one in found.findings} for language, found in scans.items()}
    for one in zh.findings:
        spoken = _spoken(one, rules, sparse=sparse and one.scheme in PAIR_KINDS)
        if one.probability < rules.ask_from or not spoken:
            continue
        key = (one.project, one.scheme)
        named = {int(other) for at in spoken for other in re.findall(r"与项目 (\d+)", one.evidence[at])}
        values = {
            "probability": f"{one.probability:.4f}",
            "group": one.group,
            "partners": [pair for pair in partners[key] if not sparse or pair[0] in named][:MOST_PARTNERS],
            "sentences": {language: _kept(told[language].get(key), spoken) for language in LANGUAGES},
        }
        yield Worth(f"{one.project} {one.scheme}", values)


def _spoken(one: Finding, rules: IntegritySettings, *, sparse: bool) -> list[int]:
    """Which of its sentences say something that can be checked."""
    return [at for at, sentence in enumerate(one.evidence) if _says(sentence, rules, sparse=sparse)]


def _says(sentence: str, rules: IntegritySettings, *, sparse: bool) -> bool:
    found = _OF_PAIR.match(sentence)
    if found is None:
        return bool(sentence.strip()) and not sparse
    signs = [sign for sign in found["said"].split("、") if sign]
    if not sparse:
        return bool(signs)
    binding = {one.says["zh"] for one in indicators() if one.number in rules.binds}
    return len(signs) >= rules.signs and sum(sign in binding for sign in signs) >= rules.binding


def _partners(scan: Scan, floor: float) -> Mapping[tuple[str, str], list[list[Any]]]:
    found: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
    for pair in scan.pairs:
        if pair.probability >= floor:
            for one, other in ((pair.a, pair.b), (pair.b, pair.a)):
                found[one, pair.kind].append([int(other), pair.probability])
    return found


def _kept(one: Finding | None, spoken: Sequence[int]) -> list[str]:
    """Other projects are kept by id: their names change, and not everybody may read them."""
    if one is None:
        return []
    return [_OTHER.sub(r"\1 {\2}", one.evidence[at]) for at in spoken if at < len(one.evidence)]
