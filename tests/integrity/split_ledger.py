"""A ledger as a unit would file it: one plant told in three parts among plants of their own. For the real engine."""

import random
from pathlib import Path

from tests.ledger_files import write

HEADINGS = [
    "序号", "项目名称", "投资主体", "建设单位", "所在地区", "详细地址", "联系电话", "产业类别", "总投资（万元）", "签约时间", "注册时间", "开工时间", "信息来源",
]  # fmt: skip
PARTS = (
    "辽河聚酯年产20万吨聚酯切片项目",
    "辽河聚酯年产20万吨聚酯切片公用工程项目",
    "辽河聚酯年产20万吨聚酯切片罐区项目",
)
PRODUCTS = (
    "碳酸二甲酯",
    "环氧丙烷",
    "聚醚多元醇",
    "光纤预制棒",
    "风电叶片",
    "预制菜",
    "稻米油",
    "石油钻采装备",
    "导电炭黑",
    "医用敷料",
    "数控机床",
    "特种阀门",
)
PAGE = "http://www.panjin.gov.cn/integrity/"


def parts_ledger(path: Path, others: int = 60) -> Path:
    """Three rows of one investor, on one site, with one phone, signed within days; the others share nothing rare and go on."""
    draw = random.Random(7)
    rows = []
    for n, name in enumerate(PARTS):
        rows.append([
            n + 1, name, "辽河聚酯集团有限公司", f"盘锦辽河聚酯{'甲乙丙'[n]}材料有限公司", "大洼区临港经济区兴港路以北、纬三路以西",
            f"大洼区兴港路{18 + 40 * n}号", "13904270018", "精细化工", 10200 + 100 * n, f"2023-03-{1 + 5 * n:02}",
            f"2023-0{5 + n}-{10 + 6 * n}", f"2023-{9 + n:02}-{1 + 9 * n:02}", f"{PAGE}{n}",
        ])  # fmt: skip
    for n in range(others):
        brand = "".join(draw.sample("华锦泰和祥瑞丰源盛达恒通宏远金海", 2)) + "甲乙丙丁戊己庚辛"[n % 8]
        month, day = draw.randint(1, 12), draw.randint(1, 28)
        rows.append([
            n + 10, f"{brand}年产{draw.randint(1, 90)}万吨{PRODUCTS[n % len(PRODUCTS)]}项目", f"{brand}科技有限公司", f"盘锦{brand}新材料有限公司",
            f"大洼区{draw.choice('东西南北')}{n}路以西", f"大洼区工业路{n * 7 + 3}号", f"139042{70000 + 37 * n}", "新材料",
            draw.randint(3000, 90000), f"{(year := draw.randint(2019, 2024))}-{month:02}-{day:02}", f"{year + 1}-{month:02}-{day:02}",
            f"{year + 1}-12-{day:02}", f"{PAGE}{n + 10}",
        ])  # fmt: skip
    return write(path, rows, headings=HEADINGS)
