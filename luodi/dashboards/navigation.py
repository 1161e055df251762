"""The main navigation: what a person may open, grouped by the work it belongs to."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from luodi.accounts.permissions import ROUTES, may


@dataclass(frozen=True, slots=True)
class Item:
    """One link; `active` on its own page."""

    url: str
    label: str
    active: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one word, marked on every page of their parts; a group of one is shown as that link."""

    label: str
    items: tuple[Item, ...]
    active: bool


GROUPS = (
    ("", (("cockpit", _("驾驶舱")),)),
    ("", (("projects", _("项目库")),)),
    (_("储备"), (("reserve:board", _("谋划储备看板")), ("reserve:pools", _("三库")))),
    (
        _("准入"),
        (
            ("screening:overview", _("准入与评分")),
            ("screening:rules", _("现行规则")),
            ("screening:versions", _("规则版本与试算")),
        ),
    ),
    (_("产业链"), (("chains:dictionary", _("产业链")), ("chains:targets", _("招引目标")))),
    (
        _("方阵"),
        (
            ("formation:formation", _("方阵与森林")),
            ("formation:moves", _("方阵流动")),
            ("contribution:table", _("承诺与兑现")),
        ),
    ),
    (
        _("要素"),
        (
            ("factors:cockpit", _("要素一览")),
            ("factors:month", _("本月要动的")),
            ("factors:plans", _("排期")),
        ),
    ),
    (
        _("落地结果"),
        (
            ("outcomes:page", _("签约以后")),
            ("outcomes:sheet", _("考核表")),
            ("outcomes:unit", _("单位成绩单")),
            ("outcomes:ranking", _("排名与把握")),
            ("outcomes:suppose", _("如果认定会怎样")),
            ("outcomes:published", _("公开数字复算")),
        ),
    ),
    (
        _("核实"),
        (
            ("evidence:queue", _("佐证核实")),
            ("checks:findings", _("疑点")),
            ("changes", _("变更申请")),
            ("doubts", _("疑似重复")),
        ),
    ),
    (
        _("真实性"),
        (
            ("integrity:findings", _("需要说明的问题")),
            ("integrity:cases", _("核查件")),
            ("integrity:samples", _("抽查与准确率")),
            ("integrity:catalogue", _("指标目录")),
        ),
    ),
    ("", (("parties", _("主体")),)),
    (_("台账"), (("intake:upload", _("台账导入")), ("intake:batches", _("导入批次")))),
    (_("系统"), (("audit:entries", _("审计")), ("accounts:accounts", _("账号")))),
)
"""(word of the group, its routes in order); a group without a word is a plain link."""


def navigation(request: HttpRequest) -> list[Group]:
    """Groups that hold something this person may open."""
    current = request.resolver_match.view_name if request.resolver_match else ""
    found = []
    for label, routes in GROUPS:
        items = tuple(
            Item(reverse(name), str(words), current == name)
            for name, words in routes
            if may(request.user, ROUTES[name])
        )
        if items:
            parts = {name.partition(":")[0] for name, _words in routes if ":" in name}
            here = any(item.active for item in items) or current.partition(":")[0] in parts
            found.append(Group(str(label), items, here))
    return found
