"""The screening benchmark's peers: zen-engine with the same rules in its own language, and sixteen rules in Polars by hand."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

EPOCH = date(1970, 1, 1)


class Zen:
    """Our tree in zen's expression language. It answers undefined when *any* fact of a condition is null: less than our logic, so cheaper."""

    def __init__(self, values: dict[str, Any], derived: dict[str, Any]) -> None:
        self.values, self.derived = values, derived

    def say(self, node: Any) -> str:
        if node.op in ("literal", "list", "parameter"):
            return self._value(self.values[node.value] if node.op == "parameter" else node.value)
        if node.op == "fact":
            return f"$.{node.value}" if node.value in self.derived else node.value
        parts = [self.say(arg) for arg in node.args]
        if node.op in ("and", "or"):
            return "(" + f" {node.op} ".join(parts) + ")"
        if node.op == "case":
            text = parts[-1]
            for condition, value in reversed(list(zip(parts[:-1:2], parts[1:-1:2], strict=True))):
                text = f"({condition} ? {value} : {text})"
            return text
        pattern = {
            "not": "(not {0})", "missing": "({0} == null)", "=": "({0} == {1})", "<>": "({0} != {1})", "in": "({0} in {1})",
            "contains": "some({1}, contains({0}, #))", "starts_with": "some({1}, startsWith({0}, #))", "days": "({1} - {0})",
        }.get(node.op, f"({{0}} {node.op} {{1}})")  # fmt: skip
        if node.op == "contains":  # the closure's # is a word, the text stays outside
            return f"some({parts[1]}, contains({parts[0]}, #))"
        return pattern.format(*parts)

    def _value(self, value: Any) -> str:
        if isinstance(value, tuple):
            return "[" + ", ".join(self._value(one) for one in value) + "]"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, date):
            return str((value - EPOCH).days)
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)

    def guard(self, node: Any) -> str:
        """Whether a fact is null that the condition looks at, outside of IS NULL."""
        asked = dict.fromkeys(self._asked(node))
        return " or ".join(f"{name} == null" for name in asked) or "false"

    def _asked(self, node: Any) -> Iterator[str]:
        if node.op == "missing":
            return
        if node.op == "fact":
            yield self.say(node)
        for arg in node.args:
            yield from self._asked(arg)

    def decision(self, book: Any, rules: list[Any]) -> str:
        """One expression node: derived facts, then verdict, points and missing of each rule."""
        lines = [(code, f"({self.guard(node)}) ? null : {self.say(node)}") for code, node in self._in_order()]
        for one in rules:
            code = one.rule.code
            verdict = f"({self.guard(one.holds)}) ? 2 : ({self.say(one.holds)} ? 1 : 0)"
            if one.applies is not None:
                verdict = f"({self.guard(one.applies)}) ? 2 : ({self.say(one.applies)} ? ({verdict}) : 3)"
            lines.append((code, verdict))
            if one.points is not None:
                lines.append((f"{code}_points", f"$.{code} == 1 ? {self.say(one.points)} : 0"))
            bits = " + ".join(f"({fact} == null ? {1 << place} : 0)" for place, fact in enumerate(one.facts))
            lines.append((f"{code}_missing", f"$.{code} == 2 ? ({bits or 0}) : 0"))
        expressions = [{"id": key, "key": key, "value": value} for key, value in lines]
        nodes = [
            {"id": "in", "type": "inputNode", "name": "in"},
            {"id": "x", "type": "expressionNode", "name": "x", "content": {"expressions": expressions}},
            {"id": "out", "type": "outputNode", "name": "out"},
        ]
        edges = [
            {"id": "a", "sourceId": "in", "targetId": "x", "type": "edge"},
            {"id": "b", "sourceId": "x", "targetId": "out", "type": "edge"},
        ]
        return json.dumps({"nodes": nodes, "edges": edges}, ensure_ascii=False)

    def _in_order(self) -> Iterator[tuple[str, Any]]:
        waiting = dict(self.derived)
        while waiting:
            ready = {code: node for code, node in waiting.items() if not set(node.names("fact")) & waiting.keys()}
            yield from ready.items()
            waiting = {code: node for code, node in waiting.items() if code not in ready}


def contexts(facts: Any, names: list[str]) -> list[dict[str, Any]]:
    """Rows as zen takes them; days as numbers, so that it need not parse dates."""
    import polars as pl

    days = [name for name in names if facts.schema[name] == pl.Date]
    return facts.select(names).with_columns(pl.col(days).cast(pl.Int32)).to_dicts()


BY_HAND = (
    "G101", "G102", "G202", "G203", "G204", "G211", "G302", "G307", "S101", "S113", "S201", "S204", "S207", "S306", "S401", "S409",
)  # fmt: skip


def by_hand(table: Any, values: dict[str, Any], as_of: date) -> Any:
    """Verdict, points, missing bits, evidence and sums of sixteen rules, as someone who knows Polars would write them for one city."""
    import polars as pl

    c, v = pl.col, values
    bit = lambda name, place: c(name).is_null().cast(pl.UInt8) * (1 << place)  # noqa: E731 - used forty times below
    verdict = lambda holds: holds.cast(pl.UInt8).fill_null(2)  # noqa: E731
    asked = lambda applies, holds: (  # noqa: E731
        pl.when(~applies).then(3).when(holds).then(1).when(applies & ~holds).then(0).otherwise(2).cast(pl.UInt8)
    )
    code = c("industry_code")
    coded = code.str.slice(0, 2).is_in(["26"]) | code.str.slice(0, 3).is_in(["251", "252", "282"])
    doubtful = c("words").str.contains_any(list(v["chemical_doubtful_words"]))
    frame = table.with_columns(
        as_of=pl.lit(as_of),
        intensity=pl.when(c("land_mu") != 0).then(c("total_investment") / c("land_mu")),
        equity=pl.when(c("total_investment") != 0).then(100 * c("equity_wan") / c("total_investment")),
        rd=pl.when(c("output_wan") != 0).then(100 * c("rd_wan") / c("output_wan")),
        energy=(c("energy_tce") >= v["energy_review_tce"]) | (c("power_wan_kwh") >= v["energy_review_power"]),
        chemical=(
            c("words").str.contains_any(list(v["chemical_words"]))
            & (~c("words").str.contains_any(list(v["chemical_other_words"])) | coded)
        )
        | (coded & (code.is_not_null() | doubtful)),
    ).with_columns(
        hazardous=pl.when(c("handles_hazardous").is_not_null())
        .then(c("handles_hazardous"))
        .otherwise(pl.when(c("words").str.contains_any(list(v["hazardous_words"]))).then(True).otherwise(c("chemical")))
    )
    fixed = c("is_fixed_assets")
    steel = c("words").str.contains_any(list(v["steel_words"]))
    frame = frame.with_columns(
        G101=asked(c("chemical"), c("park").is_in(list(v["chemical_parks"]))),
        G102=asked(c("hazardous"), c("safety_review_passed")),
        G202=verdict(c("forbidden_clauses") == 0),
        G203=asked(
            c("stage_rank") >= v["rank_signed"],
            (c("agreement_kind").is_null() | (c("agreement_kind") == "contract"))
            & (c("nature").is_null() | (c("nature") != "framework"))
            & ~c("words").str.contains_any(list(v["framework_words"])),
        ),
        G204=asked(fixed, c("equity") - pl.when(steel).then(v["equity_share_steel"]).otherwise(v["equity_share_min"]) >= -5e-7),
        G211=asked(fixed, c("land_secured") | (c("landed_on") <= c("as_of"))),
        G302=asked(fixed & c("energy"), c("energy_review_passed")),
        G307=asked(fixed, ~c("red_line_overlap")),
        S101=verdict(c("words").str.contains_any(list(v["defence_words"]))),
        S113=verdict(c("total_investment") >= v["scale_middle"]),
        S201=verdict(
            c("words").str.contains_any(list(v["emerging_words"]))
            | (_starts(code, v["emerging_codes"]) & code.is_not_null())
        ),
        S204=verdict(c("sme_tier") != "none"),
        S207=verdict(c("rd") - v["rd_share_low"] >= -5e-7),
        S306=pl.when(~fixed).then(3).when(fixed & (c("intensity") - v["intensity_floor"] >= -5e-7)).then(1)
        .when(fixed & (c("intensity") - v["intensity_floor"] < -5e-7)).then(0).otherwise(2).cast(pl.UInt8),
        S401=verdict(c("signed_on") <= c("as_of")),
        S409=verdict(c("has_investor") & c("has_owner")),
    )  # fmt: skip
    undecided = lambda name, bits: pl.when(c(name) == 2).then(bits).otherwise(0).cast(pl.UInt8)  # noqa: E731
    given = lambda name, points: pl.when(c(name) == 1).then(points).otherwise(0).cast(pl.Int16)  # noqa: E731
    chemical = pl.when(c("chemical").is_null()).then(bit("words", 0) | bit("industry_code", 1)).otherwise(0)
    hazardous = (
        pl.when(c("hazardous").is_null())
        .then(bit("handles_hazardous", 0) | bit("words", 1) | bit("industry_code", 2))
        .otherwise(0)
    )
    zero = lambda name, place: (c(name) == 0).fill_null(False).cast(pl.UInt8) * (1 << place)  # noqa: E731
    energy = pl.when(c("energy").is_null()).then(bit("energy_tce", 1) | bit("power_wan_kwh", 2)).otherwise(0)
    secured = c("land_secured") | (c("landed_on") <= c("as_of"))
    land = pl.when(secured.is_null()).then(bit("land_secured", 1) | bit("landed_on", 2)).otherwise(0)
    fixed_energy = pl.when((fixed & c("energy")).is_null()).then(bit("is_fixed_assets", 0) | energy).otherwise(0)
    reached = lambda floor: c("intensity") - v[floor] >= -5e-7  # noqa: E731
    strength = pl.when(reached("intensity_outlier")).then(0).when(reached("intensity_high")).then(6)
    strength = strength.when(reached("intensity_good")).then(5).otherwise(3)
    frame = frame.with_columns(
        undecided("G101", chemical | bit("park", 2)).alias("G101.missing"),
        undecided("G102", hazardous | bit("safety_review_passed", 3)).alias("G102.missing"),
        undecided("G202", bit("forbidden_clauses", 0)).alias("G202.missing"),
        undecided("G203", bit("stage_rank", 0)).alias("G203.missing"),
        undecided("G204", bit("is_fixed_assets", 0) | bit("equity_wan", 1) | bit("total_investment", 2) | zero("total_investment", 2)).alias("G204.missing"),
        undecided("G211", bit("is_fixed_assets", 0) | land).alias("G211.missing"),
        undecided("G302", fixed_energy | bit("energy_review_passed", 3)).alias("G302.missing"),
        undecided("G307", bit("is_fixed_assets", 0) | bit("red_line_overlap", 1)).alias("G307.missing"),
        undecided("S101", bit("words", 0)).alias("S101.missing"),
        undecided("S113", bit("total_investment", 0)).alias("S113.missing"),
        undecided("S201", bit("words", 0)).alias("S201.missing"),
        undecided("S204", bit("sme_tier", 0)).alias("S204.missing"),
        undecided("S207", bit("rd_wan", 0) | bit("output_wan", 1) | zero("output_wan", 1)).alias("S207.missing"),
        undecided("S306", bit("is_fixed_assets", 0) | bit("total_investment", 1) | bit("land_mu", 2) | zero("land_mu", 2)).alias("S306.missing"),
        undecided("S401", bit("signed_on", 0)).alias("S401.missing"),
        undecided("S409", bit("has_investor", 0) | bit("has_owner", 1)).alias("S409.missing"),
        given("S101", 3).alias("S101.points"),
        given("S113", pl.when(c("total_investment") >= v["scale_top"]).then(5).otherwise(2)).alias("S113.points"),
        given("S201", 4).alias("S201.points"),
        given("S204", pl.when(c("sme_tier").is_in(["giant", "champion"])).then(5).when(c("sme_tier") == "specialised").then(3).otherwise(1)).alias("S204.points"),
        given("S207", pl.when(c("rd") - v["rd_share_high"] >= -5e-7).then(4).otherwise(2)).alias("S207.points"),
        given("S306", strength).alias("S306.points"),
        given("S401", 2).alias("S401.points"),
        given("S409", 2).alias("S409.points"),
    )  # fmt: skip
    gates = [name for name in BY_HAND if name[0] == "G"]
    scores = [name for name in BY_HAND if name[0] == "S"]
    return frame.select(
        "id", *BY_HAND, *(f"{name}.missing" for name in BY_HAND), *(f"{name}.points" for name in scores),
        score=pl.sum_horizontal(f"{name}.points" for name in scores),
        verdict=pl.when(pl.any_horizontal(c(name) == 0 for name in gates)).then(0).when(pl.any_horizontal(c(name) == 2 for name in gates)).then(2).otherwise(1),
    )  # fmt: skip


def _starts(code: Any, heads: tuple[str, ...]) -> Any:
    lengths = {len(head) for head in heads}
    found = [code.str.slice(0, n).is_in([head for head in heads if len(head) == n]) for n in sorted(lengths)]
    return found[0] | found[1] if len(found) == 2 else found[0]
