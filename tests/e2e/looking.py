"""What every page has to be, whatever it shows: as wide as the window, and free of what axe finds against WCAG 2 A and AA."""

from pathlib import Path

AXE = Path("node_modules/axe-core/axe.min.js")


def accessible(page, address):
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == [], address
