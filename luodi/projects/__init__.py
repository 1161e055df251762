"""Projects (项目库): one record per project, with what was said of it, when and by which ledger row.

Words: *project* 项目 · *package / member* 打包项目 / 子项目 · *amount* one statement of the investment · *stage event* one step, claimed or planned ·
*net decision* a named person's word that a project is fake or a duplicate.
Start in `models.py`; `engine/identity.py` says when two rows are one project; `ledger.py` is how a ledger reaches the record.
"""
