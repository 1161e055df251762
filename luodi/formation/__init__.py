"""Formation (方阵): how many projects stand on each rung of the size ladder, reported, proven and net; how they moved; the forest.

Words: *tier* 层级, a rung of the ladder, the city's data · *formation* 方阵, all rungs counted three times · *folded* 并入打包, a member
that counts with its package · *move* 流动, from one rung to another between two days, with its cause · *forest* 项目森林, the picture.
Start in `engine/table.py` and `engine/moves.py`; `queries.py` feeds them, `forest.py` lays the picture out.
"""
