"""What a scan might find, put together by hand: the flow of a case does not hang on the model."""

from datetime import date

from luodi.integrity import actions
from luodi.integrity.engine.evidence import Said
from luodi.integrity.engine.scanning import Finding, Pair, Scan
from tests.core.record import load, project
from tests.ledger_files import row, write

PAGE = "http://www.panjin.gov.cn/"
AS_OF = date(2026, 3, 31)
WORKING = {"fake": 0.4, "split": 0.5, "dup": 0.5, "motion": 0.5}


def ledger(tmp_path, actor=None):
    """Three rows that may be one plant, two signings of one deal, a quiet factory; all started and proven by public reports."""
    rows = [
        row(
            1,
            "甲装置一期",
            investor="甲集团",
            amount=6000,
            signed="2023-03-01",
            started="2023-09-01",
            source=f"{PAGE}1",
        ),
        row(
            2,
            "甲装置公用工程",
            investor="甲集团",
            amount=5000,
            signed="2023-03-10",
            started="2023-10-01",
            source=f"{PAGE}2",
        ),
        row(
            3,
            "甲装置罐区",
            investor="甲集团",
            amount=7000,
            signed="2023-03-20",
            started="2023-10-01",
            source=f"{PAGE}3",
        ),
        row(4, "乙风电", investor="乙电力", amount=90000, signed="2023-03-01", started="2023-12-01", source=f"{PAGE}4"),
        row(
            5,
            "乙海上风电场",
            investor="乙电力",
            amount=90000,
            signed="2025-03-01",
            started="2025-09-01",
            source=f"{PAGE}5",
        ),
        row(6, "丙厂", place="盘山县", investor="丙公司", amount=20000, signed="2023-04-01", source=f"{PAGE}6"),
    ]
    load(write(tmp_path / "台账.xlsx", rows), actor)
    return [project(name).pk for name in ("甲装置一期", "甲装置公用", "甲装置罐区", "乙风电", "乙海上", "丙厂")]


def found(ids, *, without=(), by="t1"):
    """The scan of that ledger: a split of three, a duplicate, one that asks whether it was ever real."""
    a, b, c, d, e, f = map(str, ids)

    def same(other):
        words = {
            "zh": "同一投资方、签约相隔 9 天，合计 1.1 亿元",
            "en": "the same investor, signed 9 days apart, 1.1 亿元 together",
        }
        return Said(words, ("S01", "S09"), other)

    twice = {"zh": "同一投资方、总投资相同", "en": "the same investor, the same amount"}
    unpaid = {"zh": "签约 700 天没有一笔资金到账", "en": "Not one payment in 700 days"}
    findings = [
        Finding(a, "split", 0.93, a, (same(b), same(c))),
        Finding(b, "split", 0.91, a, (same(a),)),
        Finding(c, "split", 0.88, a, (same(a),)),
        Finding(e, "dup", 0.81, d, (Said(twice, ("S01", "D02"), d),)),
        Finding(f, "fake", 0.45, "", (Said(unpaid, ("F09",)),)),
        Finding(d, "motion", 0.02, "", ()),
    ]
    pairs = (Pair(a, b, "split", 0.95), Pair(a, c, "split", 0.9), Pair(d, e, "dup", 0.85), Pair(a, f, "split", 0.05))
    kept = tuple(one for one in findings if (one.project, one.scheme) not in without)
    return Scan(kept, pairs, 6, by, (), WORKING)


def scanned(ids, **changes):
    return actions.keep_scan(actor=None, as_of=AS_OF, found=found(ids, **changes))
