"""A small .xlsx out of parts of another: its styles, texts and theme, and sheets that were cut from its own."""

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Mapping, Sequence

from luodi.intake.engine.editing import Package, attribute, escaped
from luodi.intake.engine.workbooks import Merge, column_letter

_KEPT = ("sheetPr", "sheetViews", "sheetFormatPr")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_THEME = "application/vnd.openxmlformats-officedocument.theme+xml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = {"styles": f"{_TYPE}.styles+xml", "sharedStrings": f"{_TYPE}.sharedStrings+xml", "theme": _THEME}
_THEN = (1980, 1, 1, 0, 0, 0)


def sheet_frame(xml: str, rows: str, merges: Sequence[Merge], *, column: int, width: int) -> str:
    """A sheet's XML around new rows. Only what hangs on no address and no other part is kept: looks, widths, frozen panes."""
    start = re.search(r"<((?:\w+:)?)worksheet\b[^>]*>", xml)
    p = start[1] if start else ""
    head = start[0] if start else f'<worksheet xmlns="{_MAIN}">'
    before = [_element(xml, f"{p}{name}") for name in _KEPT]
    ranges = "".join(
        f'<{p}mergeCell ref="{column_letter(m.left)}{m.top}:{column_letter(m.right)}{m.bottom}"/>' for m in merges
    )
    merged = f"<{p}mergeCells>{ranges}</{p}mergeCells>" if ranges else ""
    columns = _columns(_element(xml, f"{p}cols"), p, column, width)
    body = f"{''.join(before)}{columns}<{p}sheetData>{rows}</{p}sheetData>{merged}"
    return f"{_XML}{head}{body}</{p}worksheet>"


def _element(xml: str, name: str) -> str:
    found = re.search(rf"<{name}\b(?:[^>]*/>|.*?</{name}>)", xml, re.DOTALL)
    return found[0] if found else ""


def _columns(cols: str, p: str, column: int, width: int) -> str:
    """Widths up to the added column, and its own."""
    kept = []
    for one in re.findall(rf"<{p}col\b[^>]*/>", cols):
        first, last = attribute(one, "min", 1), attribute(one, "max", 1)
        if first < column:
            shown = re.sub(r'\shidden="[^"]*"', "", one)
            kept.append(re.sub(r'\bmax="\d+"', f'max="{min(last, column - 1)}"', shown))
    own = f'<{p}col min="{column}" max="{column}" width="{width}" customWidth="1"/>'
    return f"<{p}cols>{''.join(kept)}{own}</{p}cols>"


def workbook_of(package: Package, sheets: Mapping[str, str], styles: str, epoch: int) -> bytes:
    """The packed workbook of these sheets, {name: XML}, with the styles, texts and theme of `package`."""
    parts = {f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), start=1)}
    shared = {name: target for name, target in _shared(package).items() if target in package}
    for name, target in shared.items():
        parts[target] = styles if name == "styles" else package.text(target)
    relations = [("worksheet", f"xl/worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)] + list(shared.items())
    named = "".join(
        f'<sheet name="{html.escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, start=1)
    )
    days = '<workbookPr date1904="1"/>' if epoch == 1904 else ""
    parts["xl/workbook.xml"] = (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}">{days}<sheets>{named}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = _relations(relations)
    parts["_rels/.rels"] = _relations([("officeDocument", "xl/workbook.xml")])
    parts["[Content_Types].xml"] = _content_types(len(sheets), shared)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            info = zipfile.ZipInfo(name, _THEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, parts[name])
    return content.getvalue()


def _shared(package: Package) -> dict[str, str]:
    """Where the package keeps its styles, texts and theme."""
    found = {}
    for relation in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", package.text("xl/_rels/workbook.xml.rels")):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', relation))
        name = attributes.get("Type", "").rpartition("/")[2]
        if name in _TYPES and "Target" in attributes:
            found[name] = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
    return found


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    one = '<Relationship Id="rId{}" Type="{}/{}" Target="/{}"/>'
    body = "".join(one.format(n, _RELATION, kind, escaped(to)) for n, (kind, to) in enumerate(targets, start=1))
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{body}</Relationships>'


def _content_types(sheets: int, shared: Mapping[str, str]) -> str:
    types = {f"xl/worksheets/sheet{n}.xml": f"{_TYPE}.worksheet+xml" for n in range(1, sheets + 1)}
    types |= {target: _TYPES[name] for name, target in shared.items()}
    types["xl/workbook.xml"] = f"{_TYPE}.sheet.main+xml"
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items())
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    defaults = (
        f'<Default Extension="rels" ContentType="{rels}"/><Default Extension="xml" ContentType="application/xml"/>'
    )
    return f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{defaults}{overrides}</Types>'
