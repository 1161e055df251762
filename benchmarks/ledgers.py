"""Seeded ledgers of any size for the benchmarks: the shapes of real ones, every number known."""

import random
from datetime import date, timedelta
from pathlib import Path

HEADINGS = (
    "序号", "项目编号", "项目名称", "投资主体", "建设单位", "统一社会信用代码", "所在地区", "建设地址", "产业类别",
    "国民经济行业代码", "建设性质", "建设内容及规模", "总投资（万元）", "本年计划投资（万元）", "本年完成投资（万元）",
    "累计完成投资（万元）", "到位资金（万元）", "占地面积（亩）", "签约时间", "注册时间", "落地时间", "开工时间",
    "计划竣工时间", "投产时间", "建设阶段", "进展情况", "包保领导", "联系人", "备注", "信息来源",
)  # fmt: skip
PLACES = ("双台子区", "兴隆台区", "大洼区", "盘山县", "辽滨沿海经济技术开发区", "市直")
CHAINS = ("石化及精细化工", "高端装备", "新材料", "粮食", "电子信息", "文旅", "物流", "新能源")
WORDS = "华锦辽河宝来金发瑞德浩业北沥新发地中蓝格林三力杰润京环苇海长春威格斯道达正威"


def rows(count: int, *, seed: int = 20261123) -> list[list[object]]:
    """`count` rows of 30 columns; the total investments add up to `total(...)`."""
    rng = random.Random(seed)
    return [_row(number, rng) for number in range(1, count + 1)]


def total(table: list[list[object]]) -> int:
    """Sum of the total investments, 万元."""
    return sum(int(row[12]) for row in table)


def _row(number: int, rng: random.Random) -> list[object]:
    signed = date(2018, 1, 1) + timedelta(days=rng.randrange(2500))
    steps = [signed + timedelta(days=rng.randrange(30, 400) * step) for step in range(6)]
    company = "".join(rng.sample(WORDS, 4)) + f"{number % 4000}有限公司"
    place = rng.choice(PLACES)
    amount = rng.randrange(500, 2_000_000)
    return [
        number, f"LD{number:06d}", f"年产{rng.randrange(1, 900)}万吨{''.join(rng.sample(WORDS, 5))}{number}项目", company,
        company, "", place, f"{place}工业路{number % 300}号", rng.choice(CHAINS), "2614", "新建",
        "建设厂房、仓库及配套设施，购置生产设备", amount, amount // 4, amount // 5, amount // 3, amount // 6,
        rng.randrange(10, 900), steps[0], steps[1].isoformat(), steps[2].strftime("%Y年%m月%d日"), steps[3],
        f"{steps[4].year}年底", steps[5] if steps[5] < date(2026, 1, 1) else "", "在建", "主体施工", "张三", "李四", "",
        f"https://panjin.gov.cn/html/{number}.html",
    ]  # fmt: skip


def write(path: Path, table: list[list[object]]) -> Path:
    """The table as a workbook, under a title row."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, ["重点项目台账"])
    sheet.write_row(1, 0, HEADINGS)
    for number, row in enumerate(table, start=2):
        sheet.write_row(number, 0, row)
    book.close()
    return path
