"""What the log's codes are called. An action or detail that is not here shows its code."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from luodi.accounts.permissions import Role
from luodi.core.installation import organization

ACTIONS = {
    "audit.bundle.exported": _("导出审计包"),
    "checks.particulars.stated": _("填票面信息"),
    "checks.finding.answered": _("说明疑点"),
    "checks.finding.taken": _("认可说明"),
    "checks.finding.declined": _("不认可说明"),
    "checks.findings.kept": _("核对材料"),
    "upkeep.backup.made": _("备份"),
    "upkeep.backup.restored": _("从备份恢复"),
    "accounts.session.opened": _("登录"),
    "accounts.session.refused": _("登录被拒"),
    "accounts.session.revoked": _("退出全部登录"),
    "accounts.account.created": _("新建账号"),
    "accounts.account.granted": _("授予角色"),
    "accounts.account.described": _("改姓名职务"),
    "accounts.account.disabled": _("停用账号"),
    "accounts.account.enabled": _("启用账号"),
    "accounts.account.locked": _("账号锁定"),
    "accounts.account.unlocked": _("解锁账号"),
    "accounts.password.changed": _("修改密码"),
    "accounts.password.reset": _("重置密码"),
    "accounts.factor.added": _("启用双因素"),
    "accounts.factor.removed": _("关闭双因素"),
    "accounts.factor.renewed": _("换恢复码"),
    "accounts.factor.dropped": _("解除双因素"),
    "accounts.identity.linked": _("绑定统一身份"),
    "intake.batch.received": _("收到台账"),
    "intake.batch.checked": _("校验台账"),
    "intake.batch.committed": _("台账入库"),
    "intake.batch.refused": _("台账未接受"),
    "intake.batch.reverted": _("撤回批次"),
    "intake.batch.exported": _("导出台账"),
    "intake.mapping.corrected": _("改列对应"),
    "projects.net.excluded": _("认定不计入净数"),
    "projects.net.included": _("撤销净数认定"),
    "projects.project.submitted": _("报送项目"),
    "projects.project.changed": _("修改项目"),
    "projects.change.requested": _("申请变更"),
    "projects.change.applied": _("同意变更"),
    "projects.change.refused": _("不同意变更"),
    "projects.change.withdrawn": _("撤回变更申请"),
    "projects.progress.stated": _("填报进度"),
    "projects.pair.raised": _("提出疑似重复"),
    "projects.pair.decided": _("裁定疑似重复"),
    "projects.rate.entered": _("录入汇率"),
    "organizations.alias.stated": _("录入主体别名"),
    "organizations.share.stated": _("录入持股"),
    "organizations.capital.stated": _("录入注册资本"),
    "organizations.controller.stated": _("录入实际控制人"),
    "organizations.statement.withdrawn": _("撤回主体记录"),
    "projects.project.assigned": _("交办项目"),
    "projects.project.unassigned": _("收回交办"),
    "evidence.evidence.accepted": _("核实佐证"),
    "evidence.evidence.rejected": _("退回佐证"),
    "evidence.evidence.asked": _("询问佐证"),
    "evidence.evidence.answered": _("说明佐证"),
    "evidence.evidence.filed": _("提交佐证"),
    "evidence.evidence.linked": _("佐证用于又一条记录"),
    "evidence.evidence.withdrawn": _("撤回佐证"),
    "evidence.draw.committed": _("公布抽查种子指纹"),
    "evidence.draw.drawn": _("随机抽查"),
    "evidence.recheck.upheld": _("抽查属实"),
    "evidence.recheck.overturned": _("抽查不属实"),
    "evidence.file.downloaded": _("下载佐证"),
    "evidence.file.clean": _("文件通过检查"),
    "evidence.file.refused": _("文件未通过检查"),
    "projects.stage.reported": _("报送阶段"),
    "projects.stage.withdrawn": _("撤回阶段"),
    "projects.state.paused": _("停工"),
    "projects.state.resumed": _("复工"),
    "projects.state.exited": _("退出"),
    "projects.state.reentered": _("重新启动"),
    "snapshots.snapshot.taken": _("生成快照"),
    "dashboards.view.saved": _("保存视图"),
    "dashboards.view.deleted": _("删除视图"),
    "dashboards.list.exported": _("导出清单"),
    "chains.dictionary.seeded": _("载入产业链词典"),
    "chains.edition.stated": _("写产业链年版"),
    "chains.name.stated": _("写产业链名称"),
    "chains.name.withdrawn": _("撤去产业链名称"),
    "chains.word.stated": _("对应台账用词"),
    "chains.word.withdrawn": _("撤去台账用词"),
    "chains.node.stated": _("写环节"),
    "chains.node.withdrawn": _("撤去环节"),
    "chains.edge.stated": _("写上下游关系"),
    "chains.edge.withdrawn": _("撤去上下游关系"),
    "chains.holder.placed": _("放上环节"),
    "chains.holder.withdrawn": _("从环节撤下"),
    "chains.total.stated": _("写公开总数"),
    "chains.total.withdrawn": _("撤去公开总数"),
    "chains.map.loaded": _("导入产业链图"),
    "chains.map.exported": _("导出产业链图"),
    "chains.target.set": _("设招引目标"),
    "chains.target.closed": _("结束招引目标"),
    "chains.task.assigned": _("交办招引任务"),
    "chains.task.finished": _("办结招引任务"),
    "chains.candidate.confirmed": _("确认候选项目"),
    "chains.candidate.withdrawn": _("撤去候选项目"),
    "jobs.job.queued": _("任务排队"),
    "jobs.job.done": _("任务完成"),
    "jobs.job.failed": _("任务失败"),
    "jobs.job.cancelled": _("任务取消"),
}
DETAILS = {
    "before": _("改前"),
    "name": _("姓名"),
    "after": _("改后"),
    "role": _("角色"),
    "unit": _("单位"),
    "title": _("职务"),
    "method": _("登录方式"),
    "provider": _("身份服务"),
    "uid": _("统一身份号"),
    "person": _("人员"),
    "address": _("来自"),
    "sha256": _("内容指纹"),
    "size": _("字节"),
    "counts": _("行数"),
    "rows": _("行数"),
    "total": _("总行数"),
    "query": _("条件"),
    "reason": _("理由"),
    "ground": _("认定类型"),
    "project": _("项目"),
    "as_of": _("截至"),
    "mapping": _("列对应"),
    "message": _("说明"),
    "advice": _("怎么改"),
    "code": _("代码"),
    "kind": _("种类"),
    "arguments": _("参数"),
    "created": _("新增"),
    "changed": _("变更"),
    "unchanged": _("无变化"),
    "rejected": _("退回"),
    "warnings": _("提醒"),
    "batch": _("批次"),
    "stage": _("阶段"),
    "event": _("记录编号"),
    "first": _("自"),
    "last": _("至"),
    "review_on": _("复查日期"),
    "seed": _("种子"),
    "population": _("总体"),
    "changes": _("变更内容"),
    "request": _("申请"),
    "percent": _("进度"),
    "basis": _("计算口径"),
    "stated_on": _("截至"),
    "verdict": _("结论"),
    "other": _("另一项目"),
    "left": _("不再计净数的一条"),
    "currency": _("币种"),
    "rate": _("汇率"),
    "rated_on": _("汇率日期"),
    "holder": _("股东"),
    "share": _("持股比例"),
    "minor": _("金额（分）"),
    "pending": _("待审核"),
    "opened": _("新增疑点"),
    "closed": _("消除疑点"),
    "check": _("核对项"),
    "folder": _("文件夹"),
    "file": _("文件"),
    "at": _("时间"),
    "action": _("动作"),
    "back": _("返回"),
    "edition": _("年版"),
    "word": _("台账用词"),
}

TABLES = {
    "User": _("账号"),
    "LedgerFile": _("台账文件"),
    "Batch": _("导入批次"),
    "Row": _("台账行"),
    "RememberedMapping": _("列对应"),
    "Party": _("主体"),
    "Project": _("项目"),
    "Alias": _("别名"),
    "Participation": _("主体参与"),
    "Amount": _("金额"),
    "StageEvent": _("阶段记录"),
    "NetDecision": _("净数认定"),
    "Assignment": _("项目分派"),
    "Evidence": _("佐证"),
    "Support": _("佐证与阶段"),
    "Snapshot": _("快照"),
    "OldPassword": _("旧密码指纹"),
    "PartyAlias": _("主体别名"),
    "Shareholding": _("持股"),
    "Capital": _("注册资本"),
    "Controller": _("实际控制人"),
    "Lapse": _("失效时段"),
    "ProjectCode": _("项目代码"),
    "ProjectPlace": _("项目地点"),
    "Progress": _("进度"),
    "DoubtfulPair": _("疑似重复"),
    "ChangeRequest": _("变更申请"),
    "ExchangeRate": _("汇率"),
    "StoredFile": _("佐证文件"),
    "Judgement": _("核实意见"),
    "Draw": _("随机抽查"),
    "Recheck": _("抽查结果"),
    "Particular": _("票面信息"),
    "Finding": _("疑点"),
    "Answer": _("疑点说明"),
    "Chain": _("产业链"),
    "ChainEdition": _("产业链年版"),
    "ChainName": _("产业链名称"),
    "ChainWord": _("产业链用词"),
    "ChainNode": _("产业链环节"),
    "ChainEdge": _("上下游关系"),
    "ChainHolder": _("环节承载"),
    "ChainTotal": _("公开总数"),
    "ChainTarget": _("招引目标"),
    "ChainTask": _("招引任务"),
    "ChainCandidate": _("招引候选项目"),
}
COLUMNS = {
    "withdrawn_at": _("撤回时间"),
    "recorded_at": _("记录时间"),
    "version": _("版本"),
    "package_id": _("打包项目"),
    "package": _("打包项目"),
    "unit": _("填报单位"),
    "role": _("角色"),
    "title": _("职务"),
    "first_name": _("姓名"),
    "is_active": _("启用"),
    "name": _("名称"),
    "key": _("比对名称"),
    "state": _("状态"),
    "counts": _("行数"),
    "sheets": _("工作表"),
    "mapping": _("列对应"),
    "job_id": _("任务"),
    "committed_at": _("入库时间"),
    "reverted_at": _("撤回时间"),
    "problems": _("问题"),
    "verdict": _("核实结论"),
    "verified_by_id": _("核实人"),
    "verified_at": _("核实时间"),
    "reason": _("理由"),
    "revoked_by_id": _("撤销人"),
    "revoked_at": _("撤销时间"),
    "credit_code": _("统一社会信用代码"),
}


def table(model: Any, code: str) -> str:
    """What a table's rows are called; its code when nobody named it."""
    return str(TABLES.get(getattr(model, "__name__", ""), code))


named: list[Callable[[str], str]] = []
"""Parts above register what their fields are called; the code itself is no answer."""


told: list[Callable[[str, str], str]] = []
"""Parts above register how a fact, which the record keeps in canonical form, reads: field and fact to words."""


def fact(field: str, text: str) -> str:
    for tell in told:
        text = tell(field, text)
    return text


METHODS = {"password": _("密码"), "code": _("验证码"), "sso": _("单点登录"), "oidc": _("单点登录")}


def value(name: str, text: str) -> str:
    """A detail's value for people: roles, units and what parts above know by name."""
    if name == "role" and text in Role.values:
        return str(Role(text).label)
    if name == "unit":
        return organization(text) or text
    if name == "method":
        return str(METHODS.get(text, text))
    return fact(name, text)


def column(code: str) -> str:
    """A column, or the ledger field that a fact is named after."""
    if code in COLUMNS:
        return str(COLUMNS[code])
    return next((name for ask in named if (name := ask(code)) != code), code)
