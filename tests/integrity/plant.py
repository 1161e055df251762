"""Rows that intake asks about: a plant, the same plant under another name, and something else."""

from tests.ledger_files import row

PLANT = row(
    1, "年产五万吨钢结构加工项目", investor="杭萧钢构股份有限公司", place="盘山县", amount=8500, signed="2024-12-01"
)
AGAIN = row(1, "钢结构加工基地", investor="杭萧钢构股份有限公司", place="盘山县", amount=8500, signed="2025-06-01")
OTHER = row(2, "海水养殖", investor="辽河渔业有限公司", place="大洼区", amount=3300, signed="2025-06-01")
