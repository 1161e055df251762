"""Both languages are whole: every Chinese text of a page has its English, and no English stands untranslated on a Chinese page."""

import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

LUODI = Path("luodi")
KEYWORDS = {"gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "_": None}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _catalog():
    with (LUODI / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file)


def _messages():
    for path in LUODI.rglob("*.html"):
        # Indentation means nothing in a template, and the extractor reads it as Python's.
        source = re.sub(r"^[ \t]+", "", templatize(path.read_text(encoding="utf-8")), flags=re.MULTILINE)
        yield from _extracted(path, source)
    for path in LUODI.rglob("*.py"):
        if "migrations" not in path.parts:
            yield from _extracted(path, path.read_text(encoding="utf-8"))


def _extracted(path, source):
    for _line, message, _comments, _context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
        for text in message if isinstance(message, tuple) else (message,):
            if text:
                yield path, text


def test_every_text_has_its_english():
    english = {
        message.id if isinstance(message.id, str) else message.id[0]: message for message in _catalog() if message.id
    }

    missing = sorted({text for _, text in _messages() if text not in english or not english[text].string})

    assert not missing, f"在 luodi/locale/en 里补上：{missing}"


def test_placeholders_survive_translation():
    for message in _catalog():
        if message.id and isinstance(message.id, str):
            names = set(re.findall(r"%\(\w+\)", message.id))
            assert names == set(re.findall(r"%\(\w+\)", message.string)), message.id


def test_the_source_language_is_chinese():
    english = sorted({text for _, text in _messages() if not CHINESE.search(text) and re.search(r"[A-Za-z]{3}", text)})

    assert not english, f"原文应为中文：{english}"


# A language is named in itself, whatever the page speaks.
PAGES = [path for path in sorted(LUODI.rglob("*.html")) if path.name != "language.html"]


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_no_text_of_a_template_escapes_translation(path):
    source = path.read_text(encoding="utf-8")
    bare = re.sub(
        r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|\{%\s*blocktrans.*?endblocktrans(?:late)?\s*%\}",
        "",
        source,
        flags=re.DOTALL,
    )
    bare = re.sub(r'\bvalue="[^"]*"', "", bare)  # what is sent, not what is read
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<script.*?</script>", "", bare, flags=re.DOTALL)

    assert not CHINESE.findall(bare), "用 {% translate %} 包起来"


def test_no_text_is_translated_twice():
    """Two translations of one text: which one a page shows would hang on their order."""
    text = Path("luodi/locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    found = Counter(re.findall(r'^msgid "(.+)"$', text, flags=re.MULTILINE))

    assert [words for words, times in found.items() if times > 1] == []
