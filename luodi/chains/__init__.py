"""Chains (产业链): who feeds whom in the city, what is missing, short or wasted, and what is done about it.

Words: *edition* 年版, a year's dictionary · *node* 环节, a product or process · *holder* 承载, an enterprise or project on a node, with its *role* 角色 ·
*gap* 缺口, what a balance asks for · *target* 招引目标, a gap that someone is to close by a day.
Start in `engine/model.py` (a map as the engines read it), then `engine/gaps.py`; `models.py` says how it is kept, `queries.py` feeds the one from the other.
"""
