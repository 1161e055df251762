"""One worked example a check: a dossier in which it asks, and one in which it does not. The reference page prints the first, the tests run both.

Where a published project shows it, its published values are used (`published`).
"""

from datetime import date
from decimal import Decimal

from luodi.checks.engine.dossier import Document, Dossier, Party, Progress, Step

TODAY = date(2026, 11, 26)
WAN = 1_000_000
YI = 10_000 * WAN
MU = Decimal(2000) / 3
OURS = (Party("辽宁金发生物材料有限公司", "owner"), Party("金发科技股份有限公司", "investor", Decimal(100)))
OWN, OTHER = "辽宁金发生物材料有限公司", "盘锦瑞德化工有限公司"


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _on(stage: str, first: str, last: str = "", *, planned: bool = False) -> Step:
    return Step(stage, _day(first), _day(last or first), planned)


def _paper(kind: str, pk: int = 1, **facts: object) -> Document:
    return Document(id=pk, kind=kind, **facts)  # type: ignore[arg-type] # named as the document names them


def _dossier(*documents: Document, **facts: object) -> Dossier:
    return Dossier(**{"name": "例", "today": TODAY, "documents": documents, **facts})  # type: ignore[arg-type]


def _party(kind: str) -> tuple[Dossier, Dossier]:
    """Made out to somebody else; made out to the owner, in other words for the same name."""
    return (
        _dossier(_paper(kind, party=OTHER), parties=OURS),
        _dossier(_paper(kind, party="辽宁金发生物材料有限责任公司"), parties=OURS),
    )


def _two(
    kind: str, other: str, wrong: tuple[dict[str, object], ...], right: tuple[dict[str, object], ...]
) -> tuple[Dossier, Dossier]:
    return (
        _dossier(_paper(kind, 1, **wrong[0]), _paper(other, 2, **wrong[1])),
        _dossier(_paper(kind, 1, **right[0]), _paper(other, 2, **right[1])),
    )


def _before_start(kind: str) -> tuple[Dossier, Dossier]:
    started = (_on("started", "2023-03-29"),)
    return (
        _dossier(_paper(kind, issued_on=_day("2023-06-30")), steps=started),
        _dossier(_paper(kind, issued_on=_day("2023-03-29")), steps=started),
    )


def _money(wrong: dict[str, int], right: dict[str, int]) -> tuple[Dossier, Dossier]:
    return _dossier(amounts=wrong), _dossier(amounts=right)


def _progress(percent: str, done: int, total: int) -> Dossier:
    stated = (Progress(_day("2024-06-18"), Decimal(percent), "施工"),)
    return _dossier(amounts={"done_to_date": done, "total_investment": total}, progress=stated)


_STARTED = (_on("started", "2022-01-01"), _on("completed", "2025-12-31", planned=True))

EXAMPLES: dict[str, tuple[Dossier, Dossier]] = {
    "D01": _party("project_filing"),
    "D02": _two("project_filing", "construction_contract", ({"party": OWN}, {"party": OTHER}), ({"party": OWN}, {"party": OWN})),
    "D03": _two(
        "project_filing", "construction_contract",
        ({"issued_on": _day("2023-05-01")}, {"issued_on": _day("2023-03-01")}),
        ({"issued_on": _day("2023-03-01")}, {"issued_on": _day("2023-03-01")}),
    ),
    "D04": _party("licence"),
    "D05": _party("land_contract"),
    "D06": _party("first_invoice"),
    "D07": _party("bank_slip"),
    "D08": _two(
        "licence", "first_invoice",
        ({"party": OWN, "credit_code": "91350100M000100Y43"}, {"party": OWN, "credit_code": "91350100M0001TGQXM"}),
        ({"party": OWN, "credit_code": "91350100M000100Y43"}, {"party": OWN, "credit_code": "91350100M000100Y43"}),
    ),
    "D09": (
        _dossier(_paper("acceptance", issued_on=_day("2026-01-02"), filed_on=_day("2025-12-30"))),
        _dossier(_paper("acceptance", issued_on=_day("2025-12-30"), filed_on=_day("2025-12-30"))),
    ),
    "D10": (
        _dossier(_paper("planning_permit", valid_until=_day("2025-11-25"))),
        _dossier(_paper("planning_permit", valid_until=_day("2025-11-25")), steps=(_on("started", "2025-11-25"),)),
    ),
    "D11": (
        _dossier(_paper("environmental_approval", issued_on=_day("2021-11-20"))),
        _dossier(_paper("environmental_approval", issued_on=_day("2021-12-01"))),
    ),
    "D12": (
        _dossier(_paper("project_filing", number="盘发改备〔2024〕17号", same_number=("二期厂房",))),
        _dossier(_paper("project_filing", number="盘发改备〔2024〕17号")),
    ),
    "D13": (_dossier(_paper("piling_photo", elsewhere=("仓储物流园",))), _dossier(_paper("piling_photo"))),
    "D14": (
        _dossier(_paper("framework"), steps=(_on("signed", "2017-09-01"),)),
        _dossier(_paper("framework"), _paper("contract", 2), steps=(_on("signed", "2017-09-01"),)),
    ),
    "D15": (
        _dossier(_paper("levelling_photo"), steps=(_on("started", "2024-03-18"),)),
        _dossier(_paper("levelling_photo"), _paper("piling_photo", 2), steps=(_on("started", "2024-03-18"),)),
    ),
    "T01": _before_start("construction_permit"),
    "T02": _before_start("environmental_approval"),
    "T03": _before_start("planning_permit"),
    "T04": _before_start("land_contract"),
    "T05": _before_start("project_filing"),
    "T06": (
        _dossier(_paper("acceptance", issued_on=_day("2023-01-01")), steps=(_on("started", "2023-03-29"),)),
        _dossier(_paper("acceptance", issued_on=_day("2025-01-01")), steps=(_on("started", "2023-03-29"),)),
    ),
    "T07": (
        _dossier(_paper("first_invoice", issued_on=_day("2022-03-01")), steps=(_on("produced", "2020-09-01"),)),
        _dossier(_paper("first_invoice", issued_on=_day("2020-10-08")), steps=(_on("produced", "2020-09-01"),)),
    ),
    "T08": (
        _dossier(_paper("piling_photo", stage="started", taken_on=_day("2023-11-02")), steps=(_on("started", "2024-03-18"),)),
        _dossier(_paper("piling_photo", stage="started", taken_on=_day("2024-03-17")), steps=(_on("started", "2024-03-18"),)),
    ),
    "T09": (
        _dossier(_paper("piling_photo", km_off=412.3, km_allowed=30.1)),
        _dossier(_paper("piling_photo", km_off=12.0, km_allowed=30.1)),
    ),
    "T10": (
        _dossier(steps=(_on("started", "2025-08-04"), _on("completed", "6073-08-04", planned=True))),
        _dossier(steps=(_on("started", "2023-03-29"), _on("completed", "2025-12-31", planned=True))),
    ),
    "T11": (
        _dossier(steps=(_on("produced", "2020-08-01"), _on("registered", "2020-08-15"))),
        _dossier(steps=(_on("produced", "2020-09-01"), _on("registered", "2020-08-15"))),
    ),
    "T12": (
        _dossier(_paper("licence", title="营业执照", issued_on=_day("2019-12-31")), steps=(_on("registered", "2019-03-23"),)),
        _dossier(_paper("licence", title="营业执照", issued_on=_day("2019-12-31")), steps=(_on("registered", "2019-12-31"),)),
    ),
    "T13": (
        _dossier(steps=(_on("started", "2018-12-31"), _on("completed", "2018-10-31", planned=True))),
        _dossier(steps=(_on("started", "2018-01-31"), _on("completed", "2018-10-31", planned=True))),
    ),
    "S01": (
        _dossier(told=("2019-01 施工进度50%、已投80多亿元（自称占总额50%以上）",), amounts={"total_investment": 173 * YI}),
        _dossier(told=("已投90亿元（占总额50%以上）",), amounts={"total_investment": 173 * YI}),
    ),
    "S02": (_dossier(heard_on=_day("2011-01-20")), _dossier(heard_on=_day("2011-01-20"), is_started=True)),
    "S03": (
        _dossier(steps=(_on("negotiating", "2023-03-01"), _on("signed", "2023-03-29")), amounts={"total_investment": 158 * YI}),
        _dossier(steps=(_on("negotiating", "2022-03-01"), _on("signed", "2023-03-29")), amounts={"total_investment": 158 * YI}),
    ),
    "S04": (
        _dossier(nature="framework", steps=(_on("signed", "2017-09-01"),)),
        _dossier(_paper("contract"), nature="framework", steps=(_on("signed", "2017-09-01"),)),
    ),
    "S05": (
        _dossier(progress=(Progress(_day("2021-12-31"), Decimal("122.6"), "年度计划投资"),)),
        _dossier(progress=(Progress(_day("2021-12-31"), Decimal(100), "年度计划投资"),)),
    ),
    "M01": (
        _dossier(_paper("project_filing", amount_fen=845 * YI), amounts={"total_investment": 837 * YI * 8 // 10}),
        _dossier(_paper("project_filing", amount_fen=837 * YI), amounts={"total_investment": 837 * YI}),
    ),
    "M02": (
        _dossier(_paper("construction_contract", 1, amount_fen=2 * YI), _paper("construction_contract", 2, amount_fen=YI), amounts={"total_investment": 25_000 * WAN}),
        _dossier(_paper("construction_contract", 1, amount_fen=2 * YI), amounts={"total_investment": 25_000 * WAN}),
    ),
    "M03": _money({"done_to_date": 12 * YI, "total_investment": 10 * YI}, {"done_to_date": 10 * YI, "total_investment": 10 * YI}),
    "M04": _money({"done_this_year": 3 * YI, "done_to_date": 2 * YI}, {"done_this_year": 2 * YI, "done_to_date": 2 * YI}),
    "M05": _money({"paid_in": 115 * WAN, "total_investment": 100 * WAN}, {"paid_in": 100 * WAN, "total_investment": 100 * WAN}),
    "M06": (
        _dossier(_paper("bank_slip", amount_fen=300 * WAN), amounts={"paid_in": 1000 * WAN}),
        _dossier(_paper("bank_slip", 1, amount_fen=300 * WAN), _paper("bank_slip", 2, amount_fen=700 * WAN), amounts={"paid_in": 1000 * WAN}),
    ),
    "M07": (_progress("60", 20 * WAN, 100 * WAN), _progress("50", 20 * WAN, 100 * WAN)),
    "M08": (_progress("8", 0, 837 * YI), _progress("8", WAN, 837 * YI)),
    "M09": (
        _dossier(steps=_STARTED, progress=(Progress(_day("2022-10-20"), Decimal(60)),)),
        _dossier(steps=_STARTED, progress=(Progress(_day("2022-10-20"), Decimal(20)),)),
    ),
    "M10": (
        _dossier(amounts={"done_to_date": 500 * WAN}),
        _dossier(amounts={"done_to_date": 500 * WAN}, steps=(_on("started", "2024-03-18"),)),
    ),
    "M11": (
        _dossier(capital_fen=3000 * WAN, amounts={"total_investment": 158 * YI}),
        _dossier(capital_fen=8 * YI, amounts={"total_investment": 158 * YI}),
    ),
    "M12": (
        _dossier(capital_paid_fen=3160 * WAN, amounts={"total_investment": 158 * YI}),
        _dossier(capital_paid_fen=16 * YI, amounts={"total_investment": 158 * YI}),
    ),
    "M13": (
        _dossier(land_m2=Decimal(71_700), amounts={"total_investment": 90 * YI}),
        _dossier(land_m2=Decimal(740) * MU, amounts={"total_investment": 10 * YI}),
    ),
    "M14": (
        _dossier(_paper("land_contract", area_m2=Decimal(43_300)), land_m2=Decimal(71_700)),
        _dossier(_paper("land_contract", area_m2=Decimal(70_000)), land_m2=Decimal(71_700)),
    ),
    "M15": (
        _dossier(members=(("一期", 50 * YI), ("二期", 40 * YI)), amounts={"total_investment": 80 * YI}),
        _dossier(members=(("一期", 220 * YI), ("二期", 380 * YI)), amounts={"total_investment": 600 * YI}),
    ),
    "M16": (
        _dossier(parties=(Party("甲公司", "holder", Decimal(75)), Party("乙公司", "holder", Decimal(35)))),
        _dossier(parties=(Party("威格斯香港有限公司", "holder", Decimal(75)), Party("营口兴福化工有限公司", "holder", Decimal(25)))),
    ),
    "M17": _money({"tax": 6000 * WAN, "output_value": 600 * WAN}, {"tax": 50 * WAN, "output_value": 6000 * WAN}),
    "M18": (
        _dossier(jobs=3, amounts={"total_investment": 4 * YI}),
        _dossier(jobs=200, amounts={"total_investment": 4 * YI}),
    ),
}  # fmt: skip
