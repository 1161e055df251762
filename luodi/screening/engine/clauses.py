"""Clauses of an agreement that the fair-competition regulation may forbid. A match is a question, never a verdict: a person decides."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_SENTENCE = re.compile(r"[^。；;！？!?\n]+[。；;！？!?]?")


@dataclass(frozen=True, slots=True)
class ClauseKind:
    """A kind of clause. It is found where one sentence has a word of every group in `words` and none of `unless`."""

    code: str
    name: str
    name_en: str
    words: tuple[tuple[str, ...], ...]
    citation: str
    status: str
    why: str
    why_en: str
    ask: str
    ask_en: str
    unless: tuple[str, ...] = ()
    exceptions: str = ""
    exceptions_en: str = ""


@dataclass(frozen=True, slots=True)
class ClauseMatch:
    """One sentence that asks for a look: its place in the text and the words that were found in it."""

    kind: ClauseKind
    start: int
    end: int
    sentence: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClauseList:
    """A city's list. The part of a sentence that denies, with one of `denials`, is not looked at: “不得收取保证金” asks for nothing.

    A denial that a kind has among its own words stays: “不得迁出” is what C08 looks for.
    """

    version: str
    kinds: tuple[ClauseKind, ...]
    denials: tuple[str, ...]


def read_clauses(path: Path) -> ClauseList:
    """The list from its file."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    kinds = []
    for entry in data["clauses"]:
        words = tuple(tuple(group) for group in entry.pop("words"))
        kinds.append(ClauseKind(words=words, unless=tuple(entry.pop("unless", ())), **entry))
    return ClauseList(data["version"], tuple(kinds), tuple(data["denials"]))


def find_clauses(text: str, listed: ClauseList) -> list[ClauseMatch]:
    """Every sentence that some kind is found in, in the order of the text."""
    found = []
    for sentence in _SENTENCE.finditer(text):
        said = sentence.group()
        for kind in listed.kinds:
            words = _words_in(kind, _undenied(kind, said, listed.denials))
            if words:
                found.append(ClauseMatch(kind, sentence.start(), sentence.end(), said.strip(), words))
    return found


def _undenied(kind: ClauseKind, sentence: str, denials: tuple[str, ...]) -> str:
    """The sentence without its parts, between commas, that deny."""
    own = {word for group in kind.words for word in group}
    against = [denial for denial in denials if not any(denial in word for word in own)]
    return "，".join(part for part in re.split("[，,]", sentence) if not any(word in part for word in against))


def _words_in(kind: ClauseKind, sentence: str) -> tuple[str, ...]:
    """One word of each group, or nothing."""
    if any(word in sentence for word in kind.unless):
        return ()
    hits = [next((word for word in group if word in sentence), "") for group in kind.words]
    return tuple(hits) if all(hits) else ()
