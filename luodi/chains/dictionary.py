"""Writes on the dictionary: editions, the names in them, the words of ledgers; and the city's own start."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.chains import permissions
from luodi.chains.models import Chain, ChainEdition, ChainName, ChainTotal, ChainWord
from luodi.chains.settings import shipped_dictionary
from luodi.chains.writing import NEW, SAME, Said, needs_reason, put, take_back
from luodi.core.rows import write_alone
from luodi.intake.engine.text import fold

_CODE_LENGTH = 40


def _permit(actor: User | None) -> None:
    if actor is not None and not may(actor, permissions.DICTIONARY):
        raise PermissionDenied
    write_alone()


@transaction.atomic
def state_edition(*, actor: User | None, code: str, year: int, given: Mapping[str, Any], reason: str) -> ChainEdition:
    """How many chains a year's dictionary has. `given`: title, kind, within (code of a chain), counts, source, mark."""
    _permit(actor)
    said = Said.now(actor, year, needs_reason(reason))
    edition, _state = put(ChainEdition, {"code": _code(code)}, _edition(given), said)
    record(actor, "chains.edition.stated", edition, code=edition.code, reason=said.reason)
    return edition


def _code(text: str) -> str:
    code = text.strip().lower()
    if not code or len(code) > _CODE_LENGTH or not all(c.isascii() and (c.isalnum() or c in "-_") for c in code):
        raise ValidationError(_("代码只用小写字母、数字、- 和 _，最长 40 个。"))
    return code


def _edition(given: Mapping[str, Any]) -> dict[str, Any]:
    title, within = str(given.get("title", "")).strip(), given.get("within", "")
    counts = {name: given.get(name) for name in ("stated_count", "stated_majors")}
    if not title:
        raise ValidationError(_("请写明年版名称。"))
    if any(count is not None and not 0 <= count < 1000 for count in counts.values()):
        raise ValidationError(_("条数应在 0 到 999 之间；未公布的留空。"))
    chain = Chain.objects.filter(code=within).first() if within else None
    if within and chain is None:
        raise ValidationError(_("没有代码为“%(code)s”的产业链。") % {"code": within})
    known = {"kind": given.get("kind", ChainEdition.Kind.CHAINS), "mark": given.get("mark", "pending")}
    return {"title": title[:200], "within": chain, **counts, **known, "source": str(given.get("source", ""))[:500]}


@transaction.atomic
def state_name(
    *, actor: User | None, edition: ChainEdition, code: str, given: Mapping[str, Any], reason: str
) -> ChainName:
    """A chain in an edition; a code that is new makes a chain. Its name there is a word of ledgers for it as well, if no other chain has it."""
    _permit(actor)
    stated = _name(edition, _code(code), given, Said.now(actor, edition.year, needs_reason(reason)))
    record(actor, "chains.name.stated", stated.chain, edition=edition.code, name=stated.name, reason=stated.reason)
    return stated


def _name(edition: ChainEdition, code: str, given: Mapping[str, Any], said: Said) -> ChainName:
    name = str(given.get("name", "")).strip()[:80]
    if not name:
        raise ValidationError(_("请写明产业链名称。"))
    office = str(given.get("office", ""))[:40]
    chain, made = Chain.objects.get_or_create(code=code, defaults={"name": name, "office": office})
    values = {
        "name": name,
        "major": given.get("major", ChainName.Major.NO),
        "office": office,
        "note": str(given.get("note", ""))[:300],
        "mark": given.get("mark", "pending"),
        "source": str(given.get("source", ""))[:500],
    }
    stated, _state = put(ChainName, {"edition": edition.code, "chain": chain}, values, said)
    newest = ChainName.objects.filter(chain=chain, withdrawn_at=None).order_by("-year", "-id").first()
    if newest == stated and not made and (chain.name, chain.office) != (name, office):
        chain.name, chain.office = name, office
        chain.save(update_fields=["name", "office"])
    if not ChainWord.objects.filter(key=fold(name), withdrawn_at=None).exists():
        put(ChainWord, {"key": fold(name)}, {"chain": chain, "word": name, "mark": stated.mark}, said)
    return stated


@transaction.atomic
def withdraw_name(*, actor: User | None, name: ChainName, reason: str) -> None:
    """A chain is no longer in that edition; its map and words stay."""
    _permit(actor)
    said = Said.now(actor, name.year, needs_reason(reason))
    name = ChainName.objects.select_for_update(of=("self",)).get(pk=name.pk)
    take_back(name, said.at)
    record(actor, "chains.name.withdrawn", name.chain, edition=name.edition, name=name.name, reason=said.reason)


@transaction.atomic
def state_word(*, actor: User | None, word: str, chain: Chain | None, reason: str) -> ChainWord | None:
    """Which chain a ledger's word means; None takes the word back. Raises `ValidationError` when there is nothing to take back."""
    _permit(actor)
    word, said = word.strip()[:80], Said.now(actor, None, needs_reason(reason))
    if not word:
        raise ValidationError(_("请写明台账用词。"))
    if chain is None:
        held = ChainWord.objects.filter(key=fold(word), withdrawn_at=None).first()
        if held is None:
            raise ValidationError(_("“%(word)s”没有对应的产业链。") % {"word": word})
        take_back(held, said.at)
        record(actor, "chains.word.withdrawn", held.chain, word=word, reason=said.reason)
        return None
    stated, state = put(ChainWord, {"key": fold(word)}, {"chain": chain, "word": word, "mark": "confirmed"}, said)
    if state != SAME:
        record(actor, "chains.word.stated", chain, word=word, reason=said.reason)
    return stated


@transaction.atomic
def seed(*, actor: User | None) -> int:
    """Take over what the city's folder says, where the record says nothing yet. Returns how many statements were made."""
    _permit(actor)
    data, reason, made = shipped_dictionary(), _("本市文件载入"), 0
    for one in data.get("editions", ()):
        said = Said.now(actor, one["year"], reason)
        if ChainEdition.objects.filter(code=one["code"]).exists():
            continue
        edition, state = put(ChainEdition, {"code": one["code"]}, _edition(one), said)
        made += state == NEW
        for name in one.get("names", ()):
            _name(edition, name["code"], {"source": one["source"], **name}, said)
            made += 1
    made += sum(_word(one, actor, reason) for one in data.get("words", ()))
    made += sum(_total(one, actor, reason) for one in data.get("totals", ()))
    if made:
        record(actor, "chains.dictionary.seeded", rows=made)
    return made


def _word(one: Mapping[str, Any], actor: User | None, reason: str) -> bool:
    if ChainWord.objects.filter(key=fold(one["word"])).exists():
        return False
    values = {"chain": Chain.objects.get(code=one["chain"]), "word": one["word"], "mark": one.get("mark", "pending")}
    put(ChainWord, {"key": fold(one["word"])}, values, Said.now(actor, one["year"], reason))
    return True


def _total(one: Mapping[str, Any], actor: User | None, reason: str) -> bool:
    chain = Chain.objects.get(code=one["chain"])
    if ChainTotal.objects.filter(chain=chain, measure=one["measure"]).exists():
        return False
    values = {name: one.get(name, "") for name in ("value", "unit", "source")} | {"mark": one.get("mark", "pending")}
    put(ChainTotal, {"chain": chain, "measure": one["measure"]}, values, Said.now(actor, one["year"], reason))
    return True
