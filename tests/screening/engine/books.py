"""Small rulebooks for tests: the least that reads, with what a test wants changed."""

from luodi.screening.engine.documents import from_document

SAID = {
    "name": "规则", "name_en": "Rule", "flag": "旗", "flag_en": "Flag", "citation": "出处", "status": "待核", "valid_from": "2023-01-01",
    "why": "因", "why_en": "Why", "advice": "办", "advice_en": "Do",
}  # fmt: skip
FACTS = {
    "amount": "number", "land": "number", "jobs": "number", "ok": "boolean", "ready": "boolean", "words": "text", "code": "text",
    "signed_on": "date", "started_on": "date", "as_of": "date", "stage_rank": "number",
}  # fmt: skip


def fact(code, kind, **more):
    return {"name": code, "name_en": code, "type": kind, "source": "record", **more}


def parameter(value, *, since="2020-01-01", **more):
    return {
        "name": "参数",
        "name_en": "Parameter",
        "values": [{"value": value, "valid_from": since, "source": "s", "status": "参考"}],
        **more,
    }


def gate(holds, **more):
    return {**SAID, "dimension": "safety", "gate": "signed", "holds": holds, **more}


def score(holds, points=1, **more):
    return {**SAID, "dimension": "real", "holds": holds, "points": points, **more}


def document(*, rules=None, facts=None, parameters=None, **more):
    return {
        "title": "试验", "version": "1", "valid_from": "2023-01-01",
        "gates": [
            {"stage": "signed", "rank": 4, "name": "签约", "name_en": "Signing"},
            {"stage": "started", "rank": 7, "name": "开工", "name_en": "Start"},
        ],
        "bands": [
            {"code": "A", "name": "甲", "name_en": "A", "floor": 70},
            {"code": "B", "name": "乙", "name_en": "B", "floor": 0},
        ],
        "facts": {code: fact(code, kind) for code, kind in FACTS.items()} | (facts or {}),
        "parameters": {"floor": parameter(150), "heads": parameter(["26", "251"]), "terms": parameter(["化工", "石化"])} | (parameters or {}),
        "rules": rules or {},
        "cases": [],
        **more,
    }  # fmt: skip


def book(**more):
    return from_document(document(**more))
