"""统一社会信用代码 by GB 32100-2015: its parts and both check characters (its own, and that of the organization code in it, GB 11714).

A code that fails is worth a question, never a refusal: early pilot codes are legal and fail.
"""

from dataclasses import dataclass

from luodi.intake.engine.text import credit_code_problem
from luodi.intake.engine.widths import halfwidth

DEPARTMENTS = {"1": "机构编制", "5": "民政", "9": "工商", "Y": "其他"}
"""登记管理部门, GB 32100-2015 table 1, as far as companies and public bodies meet it."""
KINDS = {
    "91": "企业", "92": "个体工商户", "93": "农民专业合作社", "11": "机关", "12": "事业单位", "13": "群众团体",
    "19": "其他机构编制登记", "51": "社会团体", "52": "民办非企业单位", "53": "基金会", "59": "其他民政登记", "Y1": "其他",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A code as read. `problem` in Chinese, blank when it is sound; the parts are blank when it has no 18 characters."""

    code: str
    kind: str = ""
    division: str = ""
    body: str = ""
    problem: str = ""


def read(text: str) -> CreditCode:
    """Read a code as it was written: full-width and spaced characters are the same code."""
    code = halfwidth(text).upper().replace(" ", "").replace("-", "")
    problem = credit_code_problem(text) or ""
    if len(code) != 18:
        return CreditCode(code, problem=problem)
    return CreditCode(code, KINDS.get(code[:2], DEPARTMENTS.get(code[0], "")), code[2:8], code[8:17], problem)
