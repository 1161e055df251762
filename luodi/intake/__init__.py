"""Intake (台账导入): an office's own spreadsheet becomes proposals for the record, and comes back as a spreadsheet.

Words: *ledger* the uploaded file · *batch* one run of one file · *row* one line of it, kept verbatim · *mapping* heading to field ·
*target* the part of the record that the rows are for (it registers itself, so intake knows no projects).
Start in `engine/workbooks.py` (open), `engine/layout.py` (find the table), `engine/mapping.py` (headings), then `actions.py` (check, commit, revert).
"""
