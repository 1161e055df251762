"""Pages that are read: the dictionary, a chain's map, a node, the gaps, where a project stands on its chain."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.queries import signed_in
from luodi.chains import panels, permissions, typed, words
from luodi.chains.drawing import drawn
from luodi.chains.models import Chain, ChainHolder, ChainNode, ChainTarget, ChainWord
from luodi.chains.queries import Chart, chart, horizon, totals, unmatched
from luodi.chains.settings import chain_settings
from luodi.intake.engine.text import fold
from luodi.projects.models import Project


def asked_chart(request: HttpRequest, code: str) -> tuple[User, Chart, words.Names]:
    """The map that an address names, by the day that its query asks for."""
    user = signed_in(request)
    chain = get_object_or_404(Chain, code=code)
    given = request.GET.get("by", "")
    try:
        by = parse_date(given) if given else None
    except ValueError:
        by = None
    found = chart(chain, by or horizon())
    return user, found, words.Names(found, user)


@require_GET
def dictionary(request: HttpRequest) -> HttpResponse:
    """Chains by year: how many were published, which of them by name."""
    user = signed_in(request)
    lines = panels.editions()
    mapped = set(ChainNode.objects.filter(withdrawn_at=None).values_list("chain", flat=True))
    context = {
        "lines": lines,
        "chains": [(chain, chain.pk in mapped) for chain in panels.chains_of(user)],
        "unmatched": len(unmatched(user)),
        "may_write": may(user, permissions.DICTIONARY),
        "tab": "dictionary",
    }
    return render(request, "chains/dictionary.html", context)


@require_GET
def word_list(request: HttpRequest) -> HttpResponse:
    """Words of ledgers: those that name a chain, and those that name none yet."""
    user = signed_in(request)
    context = {
        "unmatched": unmatched(user),
        "matched": ChainWord.objects.filter(withdrawn_at=None).select_related("chain").order_by("chain__id", "id"),
        "chains": panels.chains_of(user),
        "may_write": may(user, permissions.DICTIONARY),
        "tab": "words",
    }
    return render(request, "chains/words.html", context)


@require_GET
def chain(request: HttpRequest, code: str) -> HttpResponse:
    """The map on one screen, its gaps beside it, every node below."""
    user, found, names = asked_chart(request, code)
    context = {
        "chain": found.chain,
        "by": found.by,
        "map": drawn(found),
        "legend": panels.legend(found),
        "gaps": panels.gap_lines(found, names),
        "nodes": panels.node_lines(found),
        "totals": totals(found),
        "wanting": panels.wanting(found, names),
        "roles": panels.role_counts(found),
        "cut": panels.cut_words(found, names),
        "units": sorted({words.unit_name(node.unit) for node in found.nodes}),
        "demo": found.demo,
        "targets": ChainTarget.objects.filter(chain=found.chain, withdrawn_at=None).count(),
        "may_write": permissions.may_on(user, permissions.MAP, found.chain),
        "note": words.landing_note(),
    }
    return render(request, "chains/chain.html", context)


@require_GET
def gaps(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that the map asks for, as a list to be printed."""
    _user, found, names = asked_chart(request, code)
    context = {"chain": found.chain, "by": found.by, "gaps": panels.gap_lines(found, names), "demo": found.demo}
    return render(request, "chains/gaps.html", context | {"note": words.landing_note()})


def _node_context(request: HttpRequest, code: str, node: str) -> dict[str, Any]:
    user, found, names = asked_chart(request, code)
    if node not in found.node:
        raise Http404
    own = panels.node_context(found, node, names)
    targets = ChainTarget.objects.filter(chain=found.chain, node=node, withdrawn_at=None)
    rights = {
        "may_write": permissions.may_on(user, permissions.MAP, found.chain),
        "may_target": permissions.may_on(user, permissions.TARGET, found.chain),
    }
    return own | rights | {"targets": list(targets), "chart": found}


@require_GET
def node_panel(request: HttpRequest, code: str, node: str) -> HttpResponse:
    """One node beside the map."""
    return render(request, "chains/_node.html", _node_context(request, code, node))


@require_GET
def node(request: HttpRequest, code: str, node: str) -> HttpResponse:
    """One node with everything that was said of it, and the forms to say more."""
    context = _node_context(request, code, node)
    found: Chart = context["chart"]
    said = ChainNode.objects.filter(chain=found.chain, code=node).select_related("said_by")
    context |= {
        "history": panels.versions(list(said)),
        "typed": typed.texts_of(found.node[node]),
        "others": [one for one in found.nodes if one.code != node],
        "roles": chain_settings().roles,
        "holder_ids": [holder.pk for holder in found.held(node)],
    }
    return render(request, "chains/node.html", context)


@require_GET
def project_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one project stands on its chains, for its page."""
    user = signed_in(request)
    project = get_object_or_404(Project.objects.current().visible_to(user), pk=pk)
    held = ChainHolder.objects.filter(project=project, withdrawn_at=None).select_related("chain").order_by("id")
    codes = {(one.chain_id, one.node) for one in held}
    live = ChainNode.objects.filter(withdrawn_at=None, chain__in={chain for chain, _node in codes})
    nodes = {(one.chain_id, one.code): one for one in live}
    lines = [
        {
            "holder": one,
            "node": nodes.get((one.chain_id, one.node)),
            "capacity": words.quantity(one.capacity, nodes[one.chain_id, one.node].unit)
            if (one.chain_id, one.node) in nodes
            else "",
            "role": words.role_name(one.role),
            "badge": words.MARK_BADGES[one.mark],
        }
        for one in held
    ]
    context = {"project": project, "lines": lines, "known": project.chain and not lines and _chain_of(project)}
    return render(request, "chains/panel.html", context)


def _chain_of(project: Project) -> Chain | None:
    """The chain that the ledger's word names."""
    word = ChainWord.objects.filter(key=fold(project.chain), withdrawn_at=None).select_related("chain").first()
    return word.chain if word else None
