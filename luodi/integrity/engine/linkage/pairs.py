"""Files that name pairs: the truth, labels, or the pairs that are to be judged."""

from dataclasses import dataclass
from pathlib import Path

from luodi.integrity.engine.linkage.tables import TableUnreadable, read_table

_NAMES = (("a", "b"), ("id_a", "id_b"), ("id1", "id2"), ("unique_id_l", "unique_id_r"), ("ltable_id", "rtable_id"))
_MATCH = ("match", "label", "is_match", "same", "gold", "clerical_match_score")
_YES, _NO = {"1", "1.0", "true", "yes", "y", "是"}, {"0", "0.0", "false", "no", "n", "否"}


@dataclass(frozen=True)
class Pairs:
    """Pairs of ids in the file's order; `match` is None when the file has no such column: then every pair is a match."""

    ids: list[tuple[str, str]]
    match: list[bool] | None


def read_pairs(path: Path) -> Pairs:
    """Columns a, b[, match]; or other usual names; or the first two columns."""
    frame = read_table(path).frame
    names = {name.casefold(): name for name in frame.columns}
    if frame.width < 2:
        raise TableUnreadable(f"{path.name}：要有两列编号 · two columns of ids are needed")
    one, other = next(
        ((names[a], names[b]) for a, b in _NAMES if a in names and b in names), (frame.columns[0], frame.columns[1])
    )
    said = next((names[name] for name in _MATCH if name in names), None)
    if frame[one].null_count() or frame[other].null_count():
        raise TableUnreadable(f"{path.name}：有空的编号 · blank ids")
    ids = list(zip(frame[one].to_list(), frame[other].to_list(), strict=True))
    return Pairs(ids, None if said is None else [_yes(path, cell) for cell in frame[said].to_list()])


def _yes(path: Path, cell: str | None) -> bool:
    text = (cell or "").casefold()
    if text in _YES or text in _NO:
        return text in _YES
    try:
        return float(text) >= 0.5
    except ValueError:
        raise TableUnreadable(f"{path.name}：match 应为 1 或 0，不是 {cell} · neither 1 nor 0") from None
