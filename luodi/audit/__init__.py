"""Audit: who did what, append-only. Every action writes one entry inside its own transaction.

Words: *entry* one action · *action* dotted, past tense (`intake.batch.committed`) · *object* what it was done to · *detail* what changed.
Start in `actions.py`.
"""
