"""A city whose rules of access a test may change."""

import shutil

import pytest


@pytest.fixture
def rules(settings, tmp_path):
    """The city with its access rules changed: `rules("idle_minutes = 30", "idle_minutes = 5")`."""

    def change(*pairs, park=False):
        folder = tmp_path / f"city{len(list(tmp_path.iterdir()))}"
        shutil.copytree(settings.CITY_DIR, folder)
        text = (folder / "access.toml").read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        (folder / "access.toml").write_text(text, encoding="utf-8")
        if park:
            unit = '\n[[units]]\ncode = "lingang"\nname = "临港园区"\nshort = "临港"\ndivision = ""\nplaces = []\nparent = "dawa"\n'
            where = folder / "city.toml"
            where.write_text(
                where.read_text(encoding="utf-8").replace("\n[evidence.grades]", unit + "\n[evidence.grades]"),
                encoding="utf-8",
            )
        settings.CITY_DIR = folder
        return folder

    return change
