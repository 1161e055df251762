"""Everything about one project that a check may read. Amounts in 分, areas in m², days as dates; None or () = not stated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from luodi.intake.engine.parties import party_key


@dataclass(frozen=True, slots=True)
class Document:
    """A paper that stands (not withdrawn, not rejected), with what it says of itself."""

    id: int
    kind: str
    title: str = ""
    stage: str = ""
    filed_on: date | None = None
    is_verified: bool = False
    # what it says of itself
    party: str = ""
    counterparty: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    amount_fen: int | None = None
    area_m2: Decimal | None = None
    number: str = ""
    credit_code: str = ""
    # photos
    taken_on: date | None = None
    km_off: float | None = None
    km_allowed: float | None = None
    # elsewhere
    elsewhere: tuple[str, ...] = ()
    same_number: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A stage that is claimed, or planned, for a period. Rough: by its last day, perhaps long before ("2018在建")."""

    stage: str
    first: date
    last: date
    is_planned: bool = False
    is_rough: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part, in which role (investor, owner, holder), with a share in percent."""

    name: str
    role: str
    share: Decimal | None = None
    credit_code: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress as stated on a day, in percent of a basis."""

    day: date
    percent: Decimal
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One project. `amounts` by ledger field: total_investment, plan_this_year, done_this_year, done_to_date, paid_in, output_value, tax."""

    name: str
    today: date
    amounts: Mapping[str, int] = field(default_factory=dict)
    land_m2: Decimal | None = None
    jobs: int | None = None
    parties: tuple[Party, ...] = ()
    steps: tuple[Step, ...] = ()
    progress: tuple[Progress, ...] = ()
    capital_fen: int | None = None
    capital_paid_fen: int | None = None
    documents: tuple[Document, ...] = ()
    members: tuple[tuple[str, int | None], ...] = ()
    # what is told in words
    told: tuple[str, ...] = ()
    nature: str = ""
    heard_on: date | None = None
    is_started: bool = False
    is_exited: bool = False

    @property
    def total(self) -> int | None:
        return self.amounts.get("total_investment")

    def of(self, *kinds: str) -> Iterator[Document]:
        """Documents of these kinds."""
        return (document for document in self.documents if document.kind in kinds)

    def happened(self, stage: str) -> Step | None:
        """The earliest claim that the stage was reached."""
        return min(
            (s for s in self.steps if s.stage == stage and not s.is_planned), key=lambda s: s.first, default=None
        )

    def planned(self, stage: str) -> Step | None:
        """The latest plan for the stage: earlier ones were given up."""
        return max((s for s in self.steps if s.stage == stage and s.is_planned), key=lambda s: s.last, default=None)

    def keys(self, *roles: str) -> frozenset[str]:
        """Comparison keys of the parties in these roles."""
        return frozenset(party_key(party.name) for party in self.parties if party.role in roles)

    def names(self, *roles: str) -> str:
        return "、".join(dict.fromkeys(party.name for party in self.parties if party.role in roles))
