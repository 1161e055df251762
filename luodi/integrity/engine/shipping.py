"""Models on disk: boosters in XGBoost's own JSON, and one card that says what they were trained on, how honest they are and what they know."""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from luodi.integrity.engine.learning import SCHEMES, Trained

FOLDER = Path(__file__).parents[1] / "weights"
FORMAT = "luodi.integrity.model/1"


@dataclass(frozen=True)
class Models:
    """Ready to predict: boosters by name, and the card."""

    pairs: Any
    first: Any
    schemes: dict[str, Any]
    card: dict[str, Any]

    @property
    def version(self) -> str:
        return str(self.card["version"])


def save(trained: Trained, card: dict[str, Any], folder: Path = FOLDER) -> None:
    """Write boosters and card; nothing of the training rows goes with them but deciles of the columns."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, booster in {"pairs": trained.pairs, "first": trained.first, **trained.schemes}.items():
        # No time stamp, so that the same recipe gives the same file.
        packed = gzip.compress(bytes(booster.save_raw("json")), 9, mtime=0)
        (folder / f"{name}.json.gz").write_bytes(packed)
    told = {
        "format": FORMAT, **card,
        "honest": trained.honest, "pair_columns": trained.pair_names, "columns": trained.names,
        "first_columns": trained.first_names,
    }  # fmt: skip
    (folder / "card.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@cache
def load(folder: Path = FOLDER) -> Models:
    """The shipped models; xgboost is imported here and never at web start."""
    import xgboost

    def booster(name: str) -> Any:
        model = xgboost.Booster({"nthread": 1})
        model.load_model(bytearray(gzip.decompress((folder / f"{name}.json.gz").read_bytes())))
        return model

    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    return Models(booster("pairs"), booster("first"), {scheme: booster(scheme) for scheme in SCHEMES}, card)
