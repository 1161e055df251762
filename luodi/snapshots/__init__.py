"""Snapshots (快照): the record as of a day, as tables, and the figures that are read from them.

Words: *as of* the day asked about · *standing* where a project stands, reported and proven · *net* proven, splits once, fakes out ·
*figure* a count and an amount · *definition* (口径) the version of the rules behind a figure · *water* reported less net.
Start in `engine/standing.py` and `engine/figures.py`; `queries.py` feeds them from the record, `actions.py` freezes tables.
"""
