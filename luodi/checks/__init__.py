"""Cross-checks (核对): what a project's papers and statements say, held against each other. A result is a question, never a verdict.

Words: *dossier* 卷宗, all of one project as the rules read it · *check* 核对项, one small rule · *result* one of seven words · *particulars* 票面信息,
what a document says of itself · *finding* 疑点, a result that was kept · *answer* 说明, the unit's word: it turns red to yellow, and yellow is remembered.
Start in `engine/checks.py` (what a rule is), then `engine/papers.py` for ten of them; `dossiers.py` feeds them from the record.
"""
