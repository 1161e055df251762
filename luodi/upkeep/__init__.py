"""Upkeep (维护): an installation as one file, back again, and from SQLite to PostgreSQL. Works on any table, knows no part.

Words: *backup* one archive with database, files and log · *restore* all of it or nothing, then verified · *move* the same rows in another database.
Start in `archive.py` (what is in the file), then `tables.py` (rows out and in).
"""
