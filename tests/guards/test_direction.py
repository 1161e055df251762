"""Foreign keys obey the same order as imports, strings included."""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps

CONTRACT = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
LEVEL = {
    part.strip("() "): level
    for level, row in enumerate(CONTRACT["layers"])
    for part in row.replace(":", "|").split("|")
}


def _relations():
    ours = [model for model in apps.get_models() if model.__module__.startswith("luodi.")]
    for model in ours:
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model in ours:
                names = _part(model), _part(field.related_model)
                yield pytest.param(*names, id=f"{model._meta.label}.{field.name}")


def _part(model):
    return model.__module__.split(".")[1]


@pytest.mark.parametrize(("source", "target"), list(_relations()))
def test_a_foreign_key_points_down(source, target):
    assert source == target or LEVEL[source] < LEVEL[target]
