"""What the monthly reports say and how they say it: repeated, copied, vague, falling back, and money that comes in round sums."""

from typing import Any

from luodi.integrity.engine.blocking import HUB
from luodi.integrity.engine.candidates import Rows, days_or
from luodi.integrity.engine.habits import others
from luodi.integrity.engine.ledger import Ledger
from luodi.integrity.engine.profile import aligned

# What a sentence is about, from talk to production; the first that matches decides, so the strongest come first.
ABOUT = (
    (5, r"投产|产值|达效|达产|运行正常|销售|满产"),
    (4, r"联调|试压|试生产|安装|调试|设备.{0,4}到货|进场.*设备"),
    (3, r"桩基|主体|钢结构|厂房|封顶|施工中|场地平整|围护|吊装|基础完成|道路及管网|施工人员|楼"),
    (2, r"许可|备案|环评|安评|能评|可研|土地|摘牌|用地|设计|施工图|招标|方案|评审|不动产"),
    (1, r"注册|对接|考察|沟通|选址|组建|协议|登记"),
)
VAGUE = r"有序推进|正在推进|保持联系|持续跟踪|积极推进|抓紧|加快推进|跟踪服务|稳步推进|按计划推进"
EXCUSE = r"影响|筹措|决策流程|尚未|暂缓|放缓|困难|等待|未到位"
PAUSE = r"冬歇|停工|冬季|看护|无实物工作量"


def progress(ledger: Ledger, rows: Rows) -> dict[str, Any]:
    """Columns by name, one value a project; a project without reports is NaN in all but `报告月数`."""
    months = _months(ledger, rows)
    found = {**_words(months, rows), **_copied(months, rows), **_money(months, rows)}
    return {**found, **_beside(found, rows)}


def _months(ledger: Ledger, rows: Rows) -> Any:
    """One row a report, in order, with what its words say."""
    import polars as pl

    text = pl.col("形象进度").fill_null("")
    rank = pl.lit(0)
    for value, words in reversed(ABOUT):
        rank = pl.when(text.str.contains(words)).then(value).otherwise(rank)
    frame = rows.frame.select("项目编号", "签约日期", "开工日期", "万元", "责任区县")
    months = ledger.progress.join(frame, on="项目编号").sort("项目编号", "年月")
    months = months.with_columns(
        rank.alias("rank"),
        text.str.contains(VAGUE).alias("vague"),
        text.str.contains(EXCUSE).alias("excuse"),
        text.str.contains(PAUSE).alias("pause"),
        text.str.contains(r"\d").alias("concrete"),
        text.str.extract(r"完成投资([\d.]+)万元").cast(pl.Float64, strict=False).alias("told"),
        text.str.extract(r"([\d.]+)%").cast(pl.Float64, strict=False).alias("percent"),
        text.str.replace_all(r"\d+", "#").alias("shape"),
        pl.col("本月完成投资万元").fill_null(0.0).alias("spent"),
        pl.col("累计完成投资万元").alias("sum"),
    )
    before = {name: pl.col(name).shift(1).over("项目编号") for name in ("形象进度", "rank", "percent", "shape", "sum")}
    fresh = (pl.col("形象进度") != before["形象进度"]).fill_null(True)
    return months.with_columns(
        fresh.alias("fresh"),
        (pl.col("rank") < before["rank"]).fill_null(False).alias("fell"),
        ((pl.col("percent") < before["percent"]) & (pl.col("shape") == before["shape"])).fill_null(False).alias("less"),
        (pl.col("sum") < before["sum"] - 0.05).fill_null(False).alias("shrunk"),
        # Words with numbers in them are one project's own; the same words at another project were copied.
        (pl.col("项目编号").n_unique().over("形象进度") - 1).alias("others"),
        (pl.col("项目编号").n_unique().over("形象进度", "填报人", "年月") - 1).alias("same_month"),
        fresh.cast(int).cum_sum().over("项目编号").alias("run"),
        (pl.col("年月").dt.month() % 3 == 0).alias("quarter_end"),
        (pl.col("年月") >= pl.col("开工日期").dt.truncate("1mo")).fill_null(False).alias("building"),
    )


def _words(months: Any, rows: Rows) -> dict[str, Any]:
    import polars as pl

    building = pl.col("building")
    longest = months.group_by("项目编号", "run").len().group_by("项目编号").agg(pl.col("len").max().alias("最长不变"))
    found = months.group_by("项目编号").agg(
        pl.len().alias("报告月数"),
        pl.col("年月").max().cast(int).alias("_last"),
        pl.col("年月").min().cast(int).alias("_first"),
        (1 - pl.col("fresh").mean()).alias("不变比"),
        (1 - pl.col("fresh").filter(building).mean()).alias("开工后不变比"),
        (pl.col("形象进度").n_unique() / pl.len()).alias("不同比"),
        (pl.col("shape").n_unique() / pl.len()).alias("句式比"),
        pl.col("vague").mean().alias("空话比"),
        pl.col("vague").filter(building).mean().alias("开工后空话比"),
        pl.col("excuse").mean().alias("理由比"),
        pl.col("excuse").filter(building).mean().alias("开工后理由比"),
        pl.col("pause").mean().alias("停歇比"),
        pl.col("concrete").mean().alias("带数比"),
        *((pl.col("rank") == value).mean().alias(f"说{value}") for value in range(6)),
        (pl.col("rank") >= 3).filter(building).mean().alias("开工后施工比"),
        pl.col("rank").max().alias("说到"),
        pl.col("rank").last().alias("现说"),
        pl.col("fell").mean().alias("倒退比"),
        pl.col("less").sum().alias("百分比倒退"),
        pl.col("others").filter(pl.col("concrete")).clip(0, 20).mean().alias("雷同"),
        (pl.col("same_month") > 0).mean().alias("同月雷同"),
        pl.col("percent").max().alias("最高百分比"),
        pl.col("vague").sum().alias("空话月数"),
        pl.col("excuse").sum().alias("理由月数"),
        (pl.col("vague") | pl.col("excuse")).sum().alias("无实月数"),
        pl.col("年月").filter(pl.col("vague") | pl.col("excuse")).min().cast(int).alias("_idle"),
        ((pl.col("told") + 1).log() - (pl.col("sum") + 1).log()).abs().max().alias("话与表差"),
        ((pl.col("rank") >= 3) & ~pl.col("building")).mean().alias("未开工说施工"),
        ((pl.col("rank") <= 2) & pl.col("building") & ~pl.col("pause")).mean().alias("开工后说手续"),
    )
    out = aligned(rows, found.join(longest, on="项目编号"), missing={"报告月数": 0})
    last, first = out.pop("_last"), out.pop("_first")
    end, signed = _ended(rows), rows.days["签约"]
    out["首报"], out["报到"] = first - signed, last - signed
    out["何时起无实"] = out.pop("_idle") - signed
    out["停报"] = end - last
    out["缺月比"] = 1 - out["报告月数"] / ((last - first) / 30.4 + 1)
    out["话超前"] = out["说到"] - _furthest_words(rows)
    return out


def _copied(months: Any, rows: Rows) -> dict[str, Any]:
    """How much of what a project says, word for word and digit for digit, one single other project says as well."""
    import polars as pl

    own = months.filter(pl.col("concrete")).select("项目编号", "形象进度").unique()
    rare = own.filter(pl.len().over("形象进度").is_between(2, HUB))
    shared = rare.join(rare, on="形象进度").filter(pl.col("项目编号") != pl.col("项目编号_right"))
    most = (
        shared.group_by("项目编号", "项目编号_right")
        .len()
        .group_by("项目编号")
        .agg(pl.col("len").max().alias("抄同数"))
    )
    found = own.group_by("项目编号").len().join(most, on="项目编号", how="left")
    share = (pl.col("抄同数").fill_null(0) / pl.col("len")).alias("抄同比")
    return aligned(rows, found.select("项目编号", pl.col("抄同数").fill_null(0), share))


def _ended(rows: Rows) -> Any:
    import numpy as np

    return np.fmin(rows.days["终止"], rows.as_of)


def _furthest_words(rows: Rows) -> Any:
    """The stage on record in the same scale as the words: 1 registered, 2 papers, 3 started, 5 produced."""
    import numpy as np

    came = {
        stage: np.isfinite(rows.days[stage]) for stage in ("登记", "备案", "环评", "施工许可", "用地", "开工", "投产")
    }
    papers = came["备案"] | came["环评"] | came["施工许可"] | came["用地"]
    return np.select([came["投产"], came["开工"], papers, came["登记"]], [5.0, 3.0, 2.0, 1.0], 0.0)


def _money(months: Any, rows: Rows) -> dict[str, Any]:
    """How reported investment runs: how much, how steadily, how round, when."""
    import numpy as np
    import polars as pl

    spent, paid = pl.col("spent"), pl.col("spent") > 0
    recent = pl.col("年月").cast(int) > rows.as_of - 190
    found = months.group_by("项目编号").agg(
        spent.sum().alias("_spent"),
        pl.col("sum").max().alias("_sum"),
        paid.mean().alias("有投资月比"),
        paid.filter(pl.col("building")).mean().alias("开工后有投资比"),
        (paid & (spent % 10 < 0.01)).sum().alias("_ten"),
        (paid & (spent % 100 < 0.01)).sum().alias("_hundred"),
        paid.sum().alias("_paid"),
        (spent.filter(paid).std() / spent.filter(paid).mean()).alias("投资离散"),
        (spent.filter(pl.col("quarter_end")).sum() / spent.sum()).alias("季末投资比"),
        (spent.max() / spent.sum()).alias("最大月比"),
        (spent.filter(pl.col("pause")).sum() / spent.sum()).alias("停歇期投资比"),
        (spent.filter(~pl.col("building")).sum() / spent.sum()).alias("开工前投资比"),
        (spent.filter(~pl.col("fresh")).sum() / spent.sum()).alias("不变月投资比"),
        spent.filter(recent).sum().alias("_recent"),
        pl.col("shrunk").sum().alias("累计倒退"),
        (spent.filter(paid).n_unique() / paid.sum()).alias("投资不同比"),
        ((spent.filter(paid) / 100).round().n_unique() / paid.sum()).alias("投资近值比"),
        pl.col("年月").filter(paid).max().cast(int).alias("_lastpaid"),
    )
    out = aligned(rows, found)
    total = days_or(rows.frame["万元"])
    with np.errstate(invalid="ignore", divide="ignore"):
        out["完成比"] = out["_spent"] / total
        out["完成额"] = np.log1p(out.pop("_spent"))
        out["近半年比"] = out.pop("_recent") / total
        out["整十比"], out["整百比"] = out.pop("_ten") / out["_paid"], out.pop("_hundred") / out["_paid"]
    out["投资月数"] = out.pop("_paid")
    out["投资停了"] = _ended(rows) - out.pop("_lastpaid")
    out.pop("_sum")
    return out


def _beside(found: dict[str, Any], rows: Rows) -> dict[str, Any]:
    """The same beside the clerk's other projects: a clerk who copies copies everywhere, and that is not the project's doing."""
    names = ("不变比", "空话比", "理由比", "整十比", "季末投资比", "缺月比", "有投资月比")
    return {f"{name}比同事": found[name] - others(rows, "填报人", found[name]) for name in names}
