"""Pages that say how questions come about: each indicator in its own words, and the card of the model."""

import json
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luodi.accounts.queries import signed_in
from luodi.integrity import showing, words
from luodi.integrity.engine.indicators import Indicator, indicators
from luodi.integrity.engine.shipping import FOLDER
from luodi.integrity.models import Scheme
from luodi.integrity.stated import rules

OPERATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def _in_language(texts: dict[str, str]) -> str:
    return texts["en" if get_language() == "en" else "zh"]


@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """All indicators by what they ask about."""
    showing.permit(signed_in(request))
    known = (*rules(), *indicators())
    groups = [(words.SCHEMES[code], [_line(one) for one in known if one.scheme == code]) for code in Scheme.values]
    return render(request, "integrity/catalogue.html", {"groups": groups, "total": len(known)})


def _line(one: Indicator) -> dict[str, Any]:
    return {
        "number": one.number, "name": _in_language(one.name), "says": one.pattern("en" if get_language() == "en" else "zh"),
        "why": _in_language({"zh": one.why, "en": one.why_en}),
        "exclusions": _in_language({"zh": one.exclusions, "en": one.exclusions_en}),
        "method": _in_language({"zh": one.method, "en": one.method_en}),
        "assumptions": _in_language({"zh": one.assumptions, "en": one.assumptions_en}),
        "sources": {"zh": one.sources, "en": one.sources_en}["en" if get_language() == "en" else "zh"],
        "pair": one.about == "pair", "alone": one in rules(),
    }  # fmt: skip


@require_GET
def indicator(request: HttpRequest, number: str) -> HttpResponse:
    """One indicator, word for word from its file, with its worked example run."""
    showing.permit(signed_in(request))
    one = next((held for held in (*rules(), *indicators()) if held.number == number), None)
    if one is None:
        raise Http404
    example = {name: value for name, value in one.example.get("columns", {}).items()}
    context = {
        "one": one,
        "line": _line(one),
        "scheme": words.SCHEMES[one.scheme],
        "conditions": [_condition(*condition) for condition in one.when],
        "settings": one.settings,
        "example": [(name, _("未知") if value is None else value) for name, value in example.items()],
        "fires": _run(one, example),
    }
    return render(request, "integrity/indicator.html", context)


def _condition(column: str, how: str, than: float) -> str:
    if how in OPERATORS:
        return f"{column} {OPERATORS[how]} {than:g}"
    return (
        _("%(column)s 有记录") % {"column": column} if how == "known" else _("%(column)s 没有记录") % {"column": column}
    )


def _run(one: Indicator, example: dict[str, Any]) -> bool:
    columns = {name: [float("nan") if value is None else float(value)] for name, value in example.items()}
    return bool(one.fires({name: columns.get(name, [float("nan")]) for name, _how, _than in one.when})[0])


@lru_cache(maxsize=1)
def card() -> dict[str, Any]:
    """The model's card; empty where none is shipped."""
    path = FOLDER / "card.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@require_GET
def model(request: HttpRequest) -> HttpResponse:
    """What the model learned from, how it was judged, and when it does not speak."""
    showing.permit(signed_in(request))
    told = card()
    held = told.get("held_out", {})
    worlds = [
        {
            "name": name,
            "cells": [(words.SCHEMES[scheme], figures[scheme]) for scheme in Scheme.values if scheme in figures],
        }
        for name, figures in held.items()
    ]
    context = {
        "card": told,
        "model_version": told.get("version", ""),
        "as_of": told.get("as_of", ""),
        "worlds": worlds,
        "schemes": [(words.SCHEMES[code], _span(held, code)) for code in Scheme.values],
        "columns": len(told.get("columns", ())),
        "pair_columns": len(told.get("pair_columns", ())),
        "drift": told.get("drift", {}),
    }
    return render(request, "integrity/model.html", context)


def _span(held: dict[str, Any], scheme: str) -> dict[str, str]:
    """The worst and the best of the worlds, for each measure: a mean would hide the bad ones."""
    found = {}
    for measure in ("auprc", "precision_at_90_recall", "ece"):
        values = [figures[scheme][measure] for figures in held.values() if measure in figures.get(scheme, {})]
        found[measure] = f"{min(values):.3f}–{max(values):.3f}" if values else "—"
    return found
