"""Papers against the project and against each other: whose they are, and in which order they were issued."""

from collections.abc import Iterator
from datetime import timedelta

from luodi.checks.engine.checks import Result, Settings, check, differs, expired, fits, lacking, missing, review
from luodi.checks.engine.dossier import Document, Dossier
from luodi.intake.engine.parties import party_key

STATISTICS = "统计入库审核常见错误 https://360docs.net/doc/a615406421.html"
OURS = "本系统，待核"
APPROVALS = ("project_filing",)


def _of_the_owner(dossier: Dossier, document: Document) -> Iterator[Result]:
    """Whether the paper is made out to somebody who takes part."""
    ours = dossier.keys("owner", "investor", "holder")
    if not document.party:
        yield lacking("party", document)
    elif not ours:
        yield lacking("owner", document)
    elif party_key(document.party) in ours:
        yield fits(document)
    else:
        yield differs(document, one=document.party, other=dossier.names("owner", "investor"))


@check(
    "D01", "立项批文单位与填报单位", "Approval and project: the same party",
    says="批文写给“{one}”，项目填的是“{other}”", says_en="The approval is made out to {one}, the project names {other}",
    why="批文是别家的，项目就没有批文", source=STATISTICS,
)  # fmt: skip
def approval_party(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for document in dossier.of(*APPROVALS):
        yield from _of_the_owner(dossier, document)


@check(
    "D02", "立项批文单位与施工合同甲方", "Approval and works contract: the same party",
    says="批文写给“{one}”，施工合同甲方是“{other}”", says_en="The approval is made out to {one}, the contract's client is {other}",
    why="以别家的施工合同充作本项目开工", source=STATISTICS,
)  # fmt: skip
def approval_contract_party(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for approval in dossier.of(*APPROVALS):
        for contract in dossier.of("construction_contract"):
            if not approval.party or not contract.party:
                yield lacking("party", approval, contract)
            elif party_key(approval.party) == party_key(contract.party):
                yield fits(approval, contract)
            else:
                yield differs(approval, contract, one=approval.party, other=contract.party)


@check(
    "D03", "批文早于合同", "Approval before contract",
    says="批文日期 {one} 晚于合同日期 {other}", says_en="The approval of {one} is later than the contract of {other}",
    why="先有合同后补批文，说明手续是补的", source=STATISTICS,
)  # fmt: skip
def approval_before_contract(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for approval in dossier.of(*APPROVALS):
        for contract in dossier.of("construction_contract"):
            if approval.issued_on is None or contract.issued_on is None:
                yield lacking("issued_on", approval, contract)
            elif approval.issued_on <= contract.issued_on:
                yield fits(approval, contract)
            else:
                yield differs(approval, contract, one=approval.issued_on, other=contract.issued_on)


@check(
    "D04", "营业执照是不是项目公司的", "Licence of the project company",
    says="执照是“{one}”的，项目填的是“{other}”", says_en="The licence belongs to {one}, the project names {other}",
    why="拿别家的执照当作已注册", source=OURS,
)  # fmt: skip
def licence_party(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for document in dossier.of("licence"):
        yield from _of_the_owner(dossier, document)


@check(
    "D05", "土地合同受让人", "Land contract: the buyer",
    says="土地合同受让人是“{one}”，项目填的是“{other}”", says_en="The land went to {one}, the project names {other}",
    why="地是别家拿的，项目没有落地", source=OURS,
)  # fmt: skip
def land_party(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for document in dossier.of("land_contract"):
        yield from _of_the_owner(dossier, document)


@check(
    "D06", "首张发票销方", "First invoice: the seller",
    says="发票销方是“{one}”，项目填的是“{other}”", says_en="The invoice's seller is {one}, the project names {other}",
    why="别家开的发票不能证明本项目投产", source=OURS,
)  # fmt: skip
def invoice_party(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for document in dossier.of("first_invoice"):
        yield from _of_the_owner(dossier, document)


@check(
    "D07", "汇款人是不是投资方", "Who paid",
    says="汇款人“{one}”不在投资方和股东之中（{other}）", says_en="{one} paid, who is not among investors and holders ({other})",
    why="过桥资金常由无关的第三方汇入，也可能是正常代付", source="乌拉特前旗审计做法 https://www.bynesrmtzx.cn/content/202408/01/c353001.html",
)  # fmt: skip
def payer(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    known = dossier.keys("investor", "holder", "owner")
    for document in dossier.of("bank_slip"):
        if not document.party:
            yield lacking("party", document)
        elif not known:
            yield lacking("owner", document)
        elif party_key(document.party) in known:
            yield fits(document)
        else:
            yield review(document, one=document.party, other=dossier.names("investor", "holder"))


@check(
    "D08", "同一单位的信用代码", "One party, one credit code",
    says="“{name}”在两份材料上的信用代码不同：{one} 与 {other}", says_en="{name} has two credit codes: {one} and {other}",
    why="名称相同而代码不同，是两家单位", source=OURS,
)  # fmt: skip
def credit_codes(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    first: dict[str, Document] = {}
    for document in dossier.documents:
        if not document.party or not document.credit_code:
            continue
        known = first.setdefault(party_key(document.party), document)
        if known is document:
            continue
        if known.credit_code == document.credit_code:
            yield fits(known, document)
        else:
            yield differs(known, document, name=document.party, one=known.credit_code, other=document.credit_code)


@check(
    "D09", "材料日期不在将来", "No paper from the future",
    says="材料日期 {one} 晚于提交日期 {other}", says_en="Dated {one}, filed on {other}",
    why="提交时还没有出具的材料，不是笔误就是预先做好的", source=OURS,
)  # fmt: skip
def not_from_the_future(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for document in dossier.documents:
        if document.issued_on is None or document.filed_on is None:
            continue
        if document.issued_on > document.filed_on:
            yield differs(document, one=document.issued_on, other=document.filed_on)
        else:
            yield fits(document)


@check(
    "D10", "材料是否过期", "Still valid",
    says="有效期到 {until}，已过期", says_en="Valid until {until}, expired",
    why="过期的批文、意见不能再作依据（安全条件审查意见 2 年）", source="http://www.830687.com/exam/detail-28377161.html",
)  # fmt: skip
def still_valid(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    started = dossier.happened("started")
    for document in dossier.documents:
        if document.valid_until is None:
            continue
        used_on = started.first if started else dossier.today
        if document.valid_until < used_on:
            yield expired(document, until=document.valid_until)
        else:
            yield fits(document)


@check(
    "D11", "环评批复五年内开工", "Start within five years of the environmental approval",
    says="环评批复 {one}，至今 {years} 年以上没有开工，须重新审核", says_en="Environmental approval of {one}, no start for {years} years: to be reviewed anew",
    why="环评批复超过五年未开工的，须报原审批部门重新审核", source="环境影响评价法第二十四条（年限待核）",
)  # fmt: skip
def environmental_approval_age(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    years = settings.get("years", 5)
    for document in dossier.of("environmental_approval"):
        if document.issued_on is None:
            yield lacking("issued_on", document)
            continue
        started = dossier.happened("started")
        used_on = started.first if started else dossier.today
        late = used_on > document.issued_on + timedelta(days=365 * years + years // 4)
        yield expired(document, one=document.issued_on, years=years) if late else fits(document)


@check(
    "D12", "同一文号出现在别的项目", "The same number elsewhere",
    says="文号 {number} 也用在 {other}", says_en="Number {number} is also used by {other}",
    why="一份批文管几个项目，可能是一个项目拆成几个", source="公开报道整理：过度拆分",
)  # fmt: skip
def number_elsewhere(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for document in dossier.documents:
        if not document.number:
            continue
        if document.same_number:
            yield review(document, number=document.number, other="、".join(document.same_number))
        else:
            yield fits(document)


@check(
    "D13", "同一份文件出现在别的项目", "The same file elsewhere",
    says="这份文件（内容完全相同）也交给了 {other}", says_en="The very same file was filed for {other}",
    why="一张照片、一份合同不能证明两个项目", source="公开报道整理：走过场",
)  # fmt: skip
def file_elsewhere(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for document in dossier.documents:
        if document.elsewhere:
            yield differs(document, other="、".join(document.elsewhere))


@check(
    "D14", "已签约有没有合同", "Signed with a contract",
    says="{day} 签约，没有正式合同，只有框架协议或意向", says_en="Signed on {day} with a framework only, no contract",
    why="框架协议不算签约", source="https://cnzsr.com/e/DoPrint/?classid=23&id=2499",
)  # fmt: skip
def contract_not_framework(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    signed = dossier.happened("signed")
    if signed is None:
        return
    contracts, frameworks = list(dossier.of("contract")), list(dossier.of("framework"))
    if contracts:
        yield fits(*contracts)
    elif frameworks:
        yield missing(*frameworks, day=signed.first)


@check(
    "D15", "开工照片是不是打桩", "A start is piling, not levelling",
    says="{day} 开工，只有场平照片，没有打桩照片", says_en="Started on {day} with photos of levelling only",
    why="正式打桩才算开工，场平不算", source=STATISTICS,
)  # fmt: skip
def piling_not_levelling(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    started = dossier.happened("started")
    if started is None:
        return
    piling, levelling = list(dossier.of("piling_photo")), list(dossier.of("levelling_photo"))
    if piling:
        yield fits(*piling)
    elif levelling:
        yield missing(*levelling, day=started.first)
