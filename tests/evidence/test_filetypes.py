"""What a file is by its content, and what must not come in."""

import io
import zipfile

import pytest
from PIL import Image

from luodi.evidence.engine import filetypes, reader
from luodi.evidence.engine.reader import open_file
from luodi.intake.engine.guards import Refusal
from tests.evidence import papers

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def utf16(*streams):
    return OLE + b"".join(stream.encode("utf-16-le") + bytes(32) for stream in streams)


@pytest.mark.parametrize(
    ("name", "make", "kind"),
    [
        ("桩.jpg", papers.photo, "jpg"),
        ("桩.JPEG", papers.photo, "jpg"),
        ("桩.png", lambda p: papers.photo(p, kind="PNG"), "png"),
        ("桩.webp", lambda p: papers.photo(p, kind="WEBP"), "webp"),
        ("桩.tif", lambda p: papers.photo(p, kind="TIFF"), "tiff"),
        ("合同.pdf", papers.contract, "pdf"),
        ("合同.docx", lambda p: papers.document(p, "合同"), "docx"),
        ("清单.xlsx", lambda p: papers.workbook(p, "设备", 3), "xlsx"),
        ("发票.ofd", lambda p: papers.ofd(p, "发票"), "ofd"),
        ("旧.doc", lambda p: p.write_bytes(utf16("WordDocument")), "doc"),
        ("旧.xls", lambda p: p.write_bytes(utf16("Workbook")), "xls"),
        ("旧.ppt", lambda p: p.write_bytes(utf16("PowerPoint Document")), "ppt"),
    ],
)
def test_accepted_types_are_known_by_their_content(tmp_path, name, make, kind):
    make(tmp_path / name)

    assert open_file(tmp_path / name, name)["type"] == kind


MACRO = papers.TYPES.replace("/>", ' ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>')
REFUSED = [
    ("木马.pdf", lambda p: p.write_bytes(b"MZ\x90\x00" + bytes(400)), "program"),
    ("脚本.jpg", lambda p: p.write_bytes(b"#!/bin/sh\nrm"), "program"),
    ("页.png", lambda p: p.write_bytes(b"<html><script>x</script>"), "program"),
    ("图.jpg", lambda p: p.write_bytes(b"<?xml version='1.0'?><svg onload='x'/>"), "program"),
    ("空.pdf", lambda p: p.write_bytes(b"\x00\x00\n"), "empty"),
    ("笔记.pdf", lambda p: p.write_text("只是文字"), "unknown"),
    ("包.docx", lambda p: papers.packed(p, {"甲.txt": "x"}), "archive"),
    ("包.rar", lambda p: p.write_bytes(b"Rar!\x1a\x07"), "archive"),
    ("合同.jpg", papers.contract, "mismatch"),
    ("桩.pdf", papers.photo, "mismatch"),
    ("桩", papers.photo, "mismatch"),
    ("宏.docm", lambda p: papers.document(p, "x"), "mismatch"),
    ("宏.docx", lambda p: papers.document(p, "x", **{"word/vbaProject.bin": b"x"}), "macro"),
    ("宏二.docx", lambda p: papers.document(p, "x", **{"[Content_Types].xml": MACRO}), "macro"),
    ("宏.doc", lambda p: p.write_bytes(utf16("WordDocument", "Macros", "_VBA_PROJECT")), "macro"),
    ("密.xls", lambda p: p.write_bytes(utf16("EncryptedPackage")), "password"),
    ("嵌.doc", lambda p: p.write_bytes(utf16("WordDocument", "Ole10Native")), "embedded"),
    ("嵌.docx", lambda p: papers.document(p, "x", **{"word/embeddings/oleObject1.bin": b"x"}), "embedded"),
    ("带毒.docx", lambda p: papers.document(p, "x", **{"word/media/a.exe": b"x"}), "embedded"),
    ("模板.docx", lambda p: papers.document(p, "x", **{"word/_rels/settings.xml.rels": TEMPLATE}), "template"),
    ("实体.docx", lambda p: papers.document(p, "x", **{"word/a.xml": "<!DOCTYPE a><a/>"}), "entities"),
    ("上级.docx", lambda p: papers.document(p, "x", **{"../../etc/passwd": "x"}), "unsafe_path"),
    ("脚本.pdf", papers.scripted, "active"),
    ("密.pdf", papers.locked, "password"),
    ("残.pdf", lambda p: p.write_bytes(b"%PDF-1.7\n" + bytes(100)), "corrupt"),
    ("残.docx", lambda p: p.write_bytes(b"PK\x03\x04" + bytes(100)), "corrupt"),
]
TEMPLATE = (
    '<Relationships><Relationship Type="x/attachedTemplate" Target="http://x/" TargetMode="External"/></Relationships>'
)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("name", "make", "code"), REFUSED, ids=[f"{name}-{code}" for name, _, code in REFUSED])
def test_what_must_not_come_in_is_told_in_chinese(tmp_path, name, make, code):
    make(tmp_path / name)

    with pytest.raises(Refusal) as refused:
        open_file(tmp_path / name, name)
    assert refused.value.code == code
    assert refused.value.message
    assert not set("abcdefghijklmnopqrstuvwxyz") >= set(refused.value.message.lower())


def test_a_cut_picture_is_refused(tmp_path):
    whole = papers.photo(tmp_path / "桩.jpg", size=(900, 700)).read_bytes()
    (tmp_path / "残.jpg").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(Refusal, match="损坏"):
        open_file(tmp_path / "残.jpg", "残.jpg")


def test_a_picture_of_too_many_pixels_is_not_decoded(tmp_path):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "大.png")
    assert (tmp_path / "大.png").stat().st_size < 200_000

    with pytest.raises(Refusal, match="像素"):
        open_file(tmp_path / "大.png", "大.png")


def test_a_document_that_unpacks_to_gigabytes_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "大.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", papers.TYPES)
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(400):
                part.write(bytes(2**20))

    with pytest.raises(Refusal, match="反常"):
        open_file(tmp_path / "大.docx", "大.docx")


def test_a_file_over_the_bound_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(filetypes, "MAX_BYTES", 100)

    with pytest.raises(Refusal, match="上限"):
        open_file(papers.photo(tmp_path / "桩.jpg"), "桩.jpg")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("合同.pdf", lambda p: papers.contract(p, "发包人：甲实业有限公司")),
        ("合同.docx", lambda p: papers.document(p, "发包人：甲实业有限公司")),
        ("合同.xlsx", lambda p: papers.workbook(p, "发包人：甲实业有限公司")),
        ("合同.ofd", lambda p: papers.ofd(p, "发包人：甲实业有限公司")),
    ],
)
def test_its_text_can_be_searched(tmp_path, name, make):
    make(tmp_path / name)

    assert "甲实业有限公司" in open_file(tmp_path / name, name)["text"]


def test_the_child_process_answers_what_the_engine_does(tmp_path):
    good, bad = papers.photo(tmp_path / "桩 一.jpg"), papers.scripted(tmp_path / "脚本.pdf")

    found = reader.read(good, good.name)
    straight = open_file(good, good.name)
    assert (found.type, found.meta, found.text) == (straight["type"], straight["meta"], straight["text"])
    small = Image.open(io.BytesIO(found.preview))
    assert (small.format, small.size, len(small.getexif())) == ("JPEG", (320, 240), 0)
    with pytest.raises(Refusal, match="脚本"):
        reader.read(bad, bad.name)


def test_a_child_that_dies_or_hangs_is_a_refusal(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "SECONDS", 0.01)

    with pytest.raises(Refusal, match="上限"):
        reader.read(papers.photo(tmp_path / "桩.jpg"), "桩.jpg")
