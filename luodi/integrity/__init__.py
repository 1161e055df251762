"""Integrity (完整性): questions about what was reported, each with its evidence, for a person to decide.

Words: *scheme* what may be behind a row: `fake` 假签约, `split` 过度拆分, `dup` 重复签约, `motion` 走过场 · *pair* two rows that may be one
undertaking · *indicator* one thing that can be seen, with its page · *finding* a project, a scheme, a probability and sentences ·
*world* a labelled ledger to learn from.
Start in `engine/scanning.py`: ledger → frames → pairs and projects → probabilities → sentences.
"""
