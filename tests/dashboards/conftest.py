"""A small ledger with everything awkward in it, loaded by real intake code; and eyes that read a page's figures."""

import csv
import random
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from luodi.intake import actions as intake
from luodi.projects import actions as projects
from luodi.projects.models import Project

HEADS = (
    "项目编号", "项目名称", "别名", "所属打包项目", "投资主体", "填报单位", "产业类别", "总投资（万元）",
    "签约时间", "注册时间", "开工时间", "投产时间", "备注", "来源地址",
)  # fmt: skip
GOV = "http://www.panjin.gov.cn/"
ROWS = (
    ("A1", "大洼产业园", "稻田园", "", "甲实业有限公司", "大洼区", "新材料", "100000", "2022-01-10", "", "2023上半年", "", "", GOV + "1"),
    ("A2", "大洼产业园一期工程", "", "大洼产业园", "甲实业有限公司", "大洼区", "新材料", "40000", "2022-01-10", "", "2023-03-01", "", "", GOV + "2"),
    ("A3", "@双台子炼化改造", "", "", "=乙化工有限公司", "双台子区", "石化", "250000.5", "2021-05-06", "2021-07-01", "", "", "+速办", GOV + "3"),
    ("A4", "盘山外资项目", "", "", "丙国际", "盘山县", "石化", "1200万美元", "2022年", "", "", "", "", ""),
    ("A5", "双台子粮库", "", "", "丁粮业", "双台子区", "粮食", "", "", "", "2024-03-01", "", "", GOV + "5"),
    ("A6", "盘山意向项目", "", "", "戊集团", "盘山县", "装备", "超亿元", "计划2027年底", "", "", "", "", ""),
    ("A7", "兴隆台空壳项目", "", "", "己科技", "兴隆台区", "装备", "30000", "2020-02-02", "", "", "", "", GOV + "7"),
    ("A8", "大洼食品厂", "", "", "庚食品", "大洼区", "食品", "8500", "", "", "", "2024-12-01", "", ""),
)  # fmt: skip


def write_ledger(path, rows=ROWS, heads=HEADS):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([heads, *rows])
    return path


@pytest.fixture
def loaded(tmp_path, account):
    """Load rows as an account of the project office, who is then known as the one who filed them."""

    def load(rows=ROWS, name="台账.csv", actor=None):
        actor = actor or account("project_office")
        return intake.load(actor=actor, path=write_ledger(tmp_path / name, rows), name=name)

    return load


@pytest.fixture
def register(loaded, account):
    """The small ledger, and one project that a named person has confirmed as fake."""
    batch = loaded()
    assert batch.counts["created"] == len(ROWS)
    judge = account("project_office", username="judge")
    projects.exclude_from_net(actor=judge, project=one("兴隆台空壳项目"), ground="fake", reason="合同查无此事")
    return batch


def one(name):
    return Project.objects.get(name=name)


def many(count):
    """A large ledger, the same each time."""
    pick = random.Random(20260101)
    units, chains = ["大洼区", "盘山县", "双台子区", "市直"], ["新材料", "石化", "食品", "文旅", "装备"]
    for n in range(count):
        started = f"{pick.randint(2021, 2025)}-0{pick.randint(1, 9)}-15" if n % 2 else ""
        source = f"{GOV}{n}" if n % 3 == 0 else ""
        yield (
            f"M{n}", f"第{n}号项目", "", "", f"第{n % 900}企业", pick.choice(units), pick.choice(chains),
            str(pick.randint(500, 900_000)), "2020-01-01", "", started, "", "", source,
        )  # fmt: skip


@dataclass
class Link:
    href: str
    css: str
    text: str = ""


@dataclass
class Page(HTMLParser):
    """Links with their text, and all visible text, of an HTML page."""

    html: str
    links: list[Link] = field(default_factory=list)
    text: str = ""

    def __post_init__(self):
        super().__init__()
        self._open, self._silent = None, 0
        self.feed(self.html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self._silent += tag in {"script", "style"}
        self.text += " " if tag in {"dt", "dd", "td", "th", "li", "p", "small"} else ""
        if tag == "a":
            self._open = Link(given.get("href", ""), given.get("class", ""))
            self.links.append(self._open)

    def handle_endtag(self, tag):
        self._silent -= tag in {"script", "style"}
        if tag == "a":
            self._open = None

    def handle_data(self, data):
        if self._silent:
            return
        self.text += data
        if self._open:
            self._open.text += data

    def figures(self):
        """Links that are numbers: `count` or `sum`."""
        return [link for link in self.links if link.css in {"count", "sum"}]


@pytest.fixture
def look():
    """Open a page and read it: `look(client, "/")`."""

    def get(client, address, **headers):
        response = client.get(address, headers=headers)
        assert response.status_code == 200, f"{address}: {response.status_code}"
        return Page(response.content.decode())

    return get
