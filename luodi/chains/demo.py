"""What the demo city shows of chains: the dictionary, the two maps that ship with it, and the worked example taken as far as a task."""

from datetime import date, timedelta

from luodi.accounts.models import User
from luodi.chains import actions, dictionary, targeting
from luodi.chains.engine.gaps import Gap
from luodi.chains.models import Chain, ChainTarget
from luodi.chains.queries import chart, horizon
from luodi.chains.settings import shipped_maps, tables_of

EXAMPLE = "fine-chemicals"


def load(office: User, today: date) -> None:
    """Once, after the city's ledgers: the maps name projects of theirs."""
    dictionary.seed(actor=office)
    for code, data in shipped_maps():
        chain = Chain.objects.get(code=code)
        actions.load_map(actor=office, chain=chain, tables=tables_of(data), reason="本市文件载入", year=today.year)
    example = chart(Chain.objects.get(code=EXAMPLE))
    gaps = {gap.node: gap for gap in example.analysis.gaps if gap.kind in {"missing", "surplus"}}
    polyester = _target(office, example.chain, gaps["D05"], "引进聚酯切片项目（演示）", today)
    targeting.assign_task(
        actor=office,
        target=polyester,
        what="对接聚酯龙头企业两家（演示）",
        unit="liaobin",
        due_on=today + timedelta(days=60),
    )
    _target(office, example.chain, gaps["M07"], "延伸对二甲苯下游（演示）", today)


def _target(office: User, chain: Chain, gap: Gap, what: str, today: date) -> ChainTarget:
    return targeting.set_target(
        actor=office, chain=chain, gap=gap, what=what, quantity=gap.amount, due_on=horizon(today), industries=("2653",)
    )
