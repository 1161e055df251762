"""Evidence (佐证): what proves a claimed step: a document or a public report, its grade, and who verified it.

Words: *evidence* one document or page · *kind* its sort, from the city's data · *grade* A, B or C for public reports ·
*support* the stage events it speaks for · *verify* a second person's yes or no.
Start in `models.py`; what counts as proof is the city's data (`cities/…/city.toml`), applied in `luodi/snapshots/engine/standing.py`.
"""
