"""Clauses of a cell of a stage column: from dates and the words around them to claims.

Positions always refer to the whole cell, in its half-width twin and in the original alike (they have the same length).
"""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from luodi.intake.engine import stagewords as words_of
from luodi.intake.engine.periods import Period, Token, find_periods

Kind = Literal["actual", "planned"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim. `stage` None = that of the column; without `period` it is done (or planned) on a day not given.

    `basis` keeps the words that stand with the date, `raw` the whole cell.
    """

    kind: Kind
    period: Period | None
    stage: str | None
    basis: str
    raw: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the cell outside brackets, with the brackets behind it (their inner bounds)."""

    start: int
    end: int
    brackets: tuple[tuple[int, int], ...]


_CLAUSE = re.compile(r"[;。\n]")
_PIECE = re.compile(r"[,、]|(?<=.)(?<!原)(?=原?计划|预计|实际|力争)")
_OPENS_PIECE = re.compile(r"\s*(?:已|未|尚未|拟|计划|预计|实际|力争|在建|[一二三四五六\d]+期)")
_JOIN = re.compile(r"\s*[-~至到]\s*")
_EDGES = " \t\n\u3000,，、;；:：。."


@dataclass(slots=True)
class Reader:
    """Reads one cell. After `read()`: claims in order, notes (words without a claim), faults (problem codes)."""

    text: str
    half: str
    planned_column: bool
    raw: str
    claims: list[Claim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    short_year: bool = False
    _undated: list[str] = field(default_factory=list)
    _unknown: list[str] = field(default_factory=list)
    _masked: str = ""
    _year: int | None = None

    def read(self) -> None:
        start, end = 0, len(self.half)
        whole = re.fullmatch(r"\(([^()]*)\)", self.half)
        if whole:
            start, end = whole.span(1)
            if not find_periods(self.half, start, end):
                self.notes.append(self.text[start:end].strip())
                return
        self._masked, brackets = _mask(self.half, start, end)
        self._read_clauses(start, end, brackets)
        self._settle()

    def _settle(self) -> None:
        """Undated dates and unknown words are notes beside a claim, and problems when they are all there is."""
        excused = bool(self.claims) or words_of.admits_no_date(self.half)
        if self._undated and not excused:
            self.faults.append("year_missing")
        if self._unknown and not (self.claims or self.notes or self.faults or self._undated):
            self.faults.append("unreadable")
        self.notes += [*self._undated, *self._unknown]

    def _read_clauses(self, start: int, end: int, brackets: list[tuple[int, int]]) -> None:
        for clause_start, clause_end in _split(self._masked, start, end, _CLAUSE):
            self._year = None  # 2023年3月签约，5月开工 is one clause; a new clause starts without a year
            inside = [one for one in brackets if clause_start <= one[0] <= clause_end]
            self._read_clause(clause_start, clause_end, inside)

    def _read_clause(self, start: int, end: int, brackets: list[tuple[int, int]]) -> None:
        # （计划） at the end speaks of everything before it: 一期2025、二期2035（计划）
        planned = any(
            words_of.is_planned(self.half[one[0] : one[1]]) and not find_periods(self.half, *one) for one in brackets
        )
        for piece in self._pieces(start, end, brackets):
            words = self._masked[piece.start : piece.end]
            if words_of.is_done(words):
                planned = False
            planned = planned or words_of.is_planned(words)
            self._read_piece(piece, planned)

    def _pieces(self, start: int, end: int, brackets: list[tuple[int, int]]) -> list[_Piece]:
        """Pieces between commas; a comma separates only when what follows has a date or begins a statement."""
        bounds: list[tuple[int, int]] = []
        dated_clause = bool(find_periods(self._masked, start, end))
        for piece_start, piece_end in _split(self._masked, start, end, _PIECE):
            opens = _OPENS_PIECE.match(self._masked, piece_start, piece_end)
            has_date = bool(find_periods(self._masked, piece_start, piece_end))
            if bounds and dated_clause and not has_date and not (opens and self._masked[piece_start - 1] in ",、"):
                bounds[-1] = (bounds[-1][0], piece_end)
            else:
                bounds.append((piece_start, piece_end))
        return [_Piece(a, b, tuple(one for one in brackets if a <= one[0] <= b)) for a, b in bounds]

    # --- one piece --------------------------------------------------------------------------------------------------

    def _read_piece(self, piece: _Piece, planned: bool) -> None:
        tokens = self._tokens(piece.start, piece.end)
        dated = [token for token in tokens if token.period]
        self._take_faults(tokens, piece)
        if dated:
            self._read_dated(piece, dated, planned)
        elif not tokens:
            self._read_undated(piece, planned)

    def _tokens(self, start: int, end: int) -> list[Token]:
        """Periods of a stretch; a span (2022年3月-2024年12月) is one period, the date of a report is none."""
        merged: list[Token] = []
        for token in find_periods(self._masked, start, end, year=self._year):
            self._year = token.period.end.year if token.period else self._year
            self.short_year = self.short_year or token.short_year
            before = merged[-1] if merged else None
            if before and before.period and token.period and _JOIN.fullmatch(self._masked[before.end : token.start]):
                span = Period(before.period.start, max(before.period.end, token.period.end), "approx")
                merged[-1] = replace(before, end=token.end, period=span)
            else:
                merged.append(token)
        return merged

    def _take_faults(self, tokens: list[Token], piece: _Piece) -> None:
        for token in tokens:
            if token.fault == "year_missing":
                self._undated.append(self.text[piece.start : piece.end].strip(_EDGES))
            elif token.fault:
                self.faults.append(token.fault)

    def _read_dated(self, piece: _Piece, tokens: list[Token], planned: bool) -> None:
        sources = [one for one in tokens if words_of.reported_length(self._masked, one.end)]
        events = [one for one in tokens if one not in sources]
        if not events:
            self._read_report(piece, sources[0])
            return
        # What lies after the day of the report was still ahead when it was reported.
        ahead = any(_later(event, source) for event in events for source in sources)
        extra = [self.text[a:b].strip() for a, b in piece.brackets if not self._gives_plan(a, b)]
        for i, token in enumerate(events):
            start = piece.start if i == 0 else events[i - 1].end
            stop = events[i + 1].start if i + 1 < len(events) else piece.end
            words = self._words(start if i == 0 else token.end, stop, token)
            basis = [words, *(extra if i == len(events) - 1 else [])]
            self._claim(token, words + self._plan_words(piece), "；".join(filter(None, basis)), planned or ahead)
        self._read_planned_brackets(piece)

    def _read_report(self, piece: _Piece, source: Token) -> None:
        """2023-02称已投产: by the day of the report at the latest."""
        words = self.text[piece.start : piece.end].strip(_EDGES)
        stage = words_of.stage_named(words)
        if stage and source.period and not words_of.is_planned(words):
            self.claims.append(Claim("actual", source.period.latest(), stage, words, self.raw))
        else:
            self.notes.append(words)

    def _words(self, start: int, stop: int, token: Token) -> str:
        """The words of one date: what stands before it (for the first one) and behind it, as they were written."""
        before = self.text[start : token.start] if start < token.start else ""
        behind = self._outside(token.end, stop)
        return "…".join(filter(None, (before.strip(_EDGES), behind.strip(_EDGES))))

    def _outside(self, start: int, stop: int) -> str:
        """The original text of a stretch without its brackets."""
        return "".join(
            self.text[i] for i in range(start, stop) if self._masked[i] != "\0" and self._masked[i] not in "()"
        )

    def _plan_words(self, piece: _Piece) -> str:
        """Words of brackets that only say 计划…: they may name the stage, as in 2024-03（计划投运）."""
        texts = [self.half[a:b] for a, b in piece.brackets if not find_periods(self.half, a, b)]
        return "".join(text for text in texts if words_of.is_planned(text))

    def _claim(self, token: Token, words: str, basis: str, planned: bool) -> None:
        period, stage = token.period, words_of.stage_named(words)
        if period is None:
            return
        if self.planned_column and not words_of.is_done(words) and not words_of.is_present(words):
            planned = True
        if planned and not words_of.is_present(words):
            self.claims.append(Claim("planned", period, stage, basis, self.raw))
            return
        # Seen under construction at that time: it began then or earlier.
        if words_of.is_under_way(words):
            self.claims.append(Claim("actual", period.latest(), "started", basis, self.raw))
            if not words_of.is_resumption(words):
                return
        self.claims.append(Claim("actual", period, stage, basis, self.raw))

    # --- brackets ---------------------------------------------------------------------------------------------------

    def _gives_plan(self, start: int, end: int) -> bool:
        """Brackets behind a date are its basis, except those that give a plan of their own."""
        return words_of.is_planned(self.half[start:end]) and bool(find_periods(self.half, start, end))

    def _read_planned_brackets(self, piece: _Piece) -> None:
        for start, end in piece.brackets:
            if self._gives_plan(start, end):
                self._descend(start, end)

    def _descend(self, start: int, end: int) -> None:
        """Read the inside of a bracket as clauses of the cell."""
        outer = self._masked
        self._masked, brackets = _mask(self.half, start, end)
        self._read_clauses(start, end, brackets)
        self._masked = outer

    # --- words without a date ---------------------------------------------------------------------------------------

    def _read_undated(self, piece: _Piece, planned: bool) -> None:
        words = self._outside(piece.start, piece.end).strip(_EDGES)
        inner = [(a, b, find_periods(self.half, a, b)) for a, b in piece.brackets]
        dated = [one for one in inner if any(token.period for token in one[2])]
        if dated and self._date_in_bracket(words, dated[0]):
            return
        self._undated_claim(words, planned)
        for start, end, tokens in inner:
            if tokens:
                self._descend(start, end)
            elif text := self.text[start:end].strip():
                self.notes.append(text)

    def _date_in_bracket(self, words: str, bracket: tuple[int, int, tuple[Token, ...]]) -> bool:
        """在谈(2024-12), 在建（约2012）, 已开工（2023-03）: the date in the bracket is that of the words before it."""
        start, end, tokens = bracket
        inside = self.half[start:end]
        told = any(words_of.reported_length(self.half, token.end) for token in tokens)
        stage = words_of.stage_named(words)
        if len(tokens) != 1 or told or stage is None or words_of.is_planned(inside):
            return False
        planned = words_of.is_planned(words) and not words_of.is_talks(words)
        rest = (self.text[start : tokens[0].start] + self.text[tokens[0].end : end]).strip(_EDGES)
        self._claim(tokens[0], words, "；".join(filter(None, (words, rest))), planned)
        return True

    def _undated_claim(self, words: str, planned: bool) -> None:
        if not words:
            return
        stage = words_of.stage_named(words)
        ahead = words_of.stage_ahead(words)
        done = words_of.is_done(words)
        if stage:
            kind: Kind = "planned" if planned and not done and not words_of.is_present(words) else "actual"
            self.claims.append(Claim(kind, None, stage, words, self.raw))
        elif ahead:
            self.claims.append(Claim("planned", None, ahead, words, self.raw))
        elif words_of.is_waiting(words):
            self.notes.append(words)
        else:
            self._unknown.append(words)


def _later(event: Token, source: Token) -> bool:
    return bool(event.period and source.period and event.period.end > source.period.end)


def _mask(half: str, start: int, end: int) -> tuple[str, list[tuple[int, int]]]:
    """The text with the insides of outermost brackets blanked out (NUL), and the bounds of these insides."""
    chars, inside, depth, opened = list(half), [], 0, start
    for i in range(start, end):
        if half[i] == "(":
            depth += 1
            opened = i + 1 if depth == 1 else opened
        elif half[i] == ")" and depth:
            depth -= 1
            if depth == 0:
                inside.append((opened, i))
    if depth:
        inside.append((opened, end))
    for a, b in inside:
        chars[a:b] = "\0" * (b - a)
    return "".join(chars), inside


def _split(text: str, start: int, end: int, mark: re.Pattern[str]) -> list[tuple[int, int]]:
    bounds, at = [], start
    for match in mark.finditer(text, start, end):
        if match.start() > at or match.end() > match.start():
            bounds.append((at, match.start()))
            at = match.end()
    bounds.append((at, end))
    return [one for one in bounds if text[one[0] : one[1]].strip(_EDGES)]
