"""Addresses of the chains."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.chains import map_views, target_views, views
from luodi.chains.permissions import DICTIONARY, EXPORT, MAP, TARGET, TASK, VIEW

app_name = "chains"
urlpatterns = [
    path("", views.dictionary, name="dictionary"),
    path("seed/", map_views.seed, name="seed"),
    path("editions/", map_views.edition, name="edition_new"),
    path("editions/<slug:code>/", map_views.edition, name="edition"),
    path("editions/<slug:code>/names/", map_views.name, name="name"),
    path("names/<int:pk>/withdraw/", map_views.name_withdraw, name="name_withdraw"),
    path("words/", views.word_list, name="words"),
    path("words/match/", map_views.word, name="word"),
    path("withdraw/<slug:kind>/<int:pk>/", map_views.withdraw, name="withdraw"),
    path("targets/", target_views.targets, name="targets"),
    path("targets/<int:pk>/", target_views.target, name="target"),
    path("targets/<int:pk>/close/", target_views.target_close, name="target_close"),
    path("targets/<int:pk>/tasks/", target_views.task_new, name="task_new"),
    path("tasks/<int:pk>/finish/", target_views.task_finish, name="task_finish"),
    path("targets/<int:pk>/candidates/", target_views.candidate_new, name="candidate_new"),
    path("candidates/<int:pk>/withdraw/", target_views.candidate_withdraw, name="candidate_withdraw"),
    path("projects/<int:pk>/", views.project_panel, name="panel"),
    path("map/<slug:code>/", views.chain, name="chain"),
    path("map/<slug:code>/gaps/", views.gaps, name="gaps"),
    path("map/<slug:code>/export/", map_views.export, name="export"),
    path("map/<slug:code>/workbook/", map_views.workbook, name="workbook"),
    path("map/<slug:code>/totals/", map_views.total, name="total"),
    path("map/<slug:code>/nodes/", map_views.node_new, name="node_new"),
    path("map/<slug:code>/edges/", map_views.edge, name="edge"),
    path("map/<slug:code>/holders/", map_views.hold, name="hold"),
    path("map/<slug:code>/nodes/<str:node>/", views.node, name="node"),
    path("map/<slug:code>/nodes/<str:node>/panel/", views.node_panel, name="node_panel"),
    path("map/<slug:code>/nodes/<str:node>/target/", target_views.target_new, name="target_new"),
]

READ = ("dictionary", "edition", "words", "targets", "target", "panel", "chain", "gaps", "node", "node_panel")
WRITES = {
    DICTIONARY: ("seed", "edition_new", "name", "name_withdraw", "word"),
    MAP: ("withdraw", "workbook", "total", "node_new", "edge", "hold"),
    TARGET: ("target_new", "target_close", "task_new", "candidate_new", "candidate_withdraw"),
    TASK: ("task_finish",),
    EXPORT: ("export",),
}

register_routes({f"chains:{name}": VIEW for name in READ})
register_routes({f"chains:{name}": permission for permission, names in WRITES.items() for name in names})
