"""What is refused before any cell is read."""

import zipfile
from pathlib import Path

import pytest

from luodi.intake.engine.guards import Limits, Refusal, examine


def workbook(path: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["项目名称", "总投资"])
    book.save(path)
    return path


def with_part(path: Path, name: str, content: bytes) -> Path:
    workbook(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def refused(path: Path, **limits: int) -> Refusal:
    with pytest.raises(Refusal) as caught:
        examine(path, Limits(**limits))
    return caught.value


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_an_ordinary_workbook_passes(tmp_path: Path) -> None:
    assert examine(workbook(tmp_path / "台账.xlsx"), Limits()) == "xlsx"


def test_the_content_decides_the_kind_not_the_extension(tmp_path: Path) -> None:
    assert examine(workbook(tmp_path / "a.xlsx").rename(tmp_path / "a.xls"), Limits()) == "xlsx"


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("通报.pdf", b"%PDF-1.7\n...", "PDF"),
        ("导出.xls", "<html><table><tr><td>项目</td></tr></table></html>".encode("gb18030"), "网页"),
        ("导出.xls", b'\xef\xbb\xbf\r\n<!DOCTYPE html PUBLIC "x"><html></html>', "网页"),
        ("导出.xls", b"MIME-Version: 1.0\nContent-Type: multipart/related", "网页"),
        ("导出.xls", '<?xml version="1.0"?><Workbook/>'.encode("utf-16"), "网页"),
        ("材料.rtf", b"{\\rtf1 x}", "RTF"),
        ("照片.xlsx", b"\x89PNG\r\n\x1a\n", "图片"),
        ("打包.rar", b"Rar!\x1a\x07\x00", "RAR"),
        ("文本.xls", "项目名称\t总投资\n".encode(), ".xls"),
    ],
)
def test_what_is_no_spreadsheet_is_named(tmp_path: Path, name: str, content: bytes, word: str) -> None:
    answer = refused(written(tmp_path / name, content))
    assert answer.code == "wrong_type"
    assert word in answer.message
    assert answer.advice


@pytest.mark.parametrize(
    ("part", "word"), [("word/document.xml", "Word"), ("ppt/presentation.xml", "PPT"), ("a.txt", "压缩包")]
)
def test_other_zip_files_are_named(tmp_path: Path, part: str, word: str) -> None:
    path = tmp_path / "文件.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "<a/>")
    answer = refused(path)
    assert (answer.code, word in answer.message) == ("wrong_type", True)


def test_an_encrypted_office_file_asks_for_the_password_to_be_removed(tmp_path: Path) -> None:
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    answer = refused(written(tmp_path / "密.xlsx", header + "EncryptedPackage".encode("utf-16-le")))
    assert (answer.code, answer.message) == ("password", "文件有打开密码")


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", "macro"),
        ("xl/macrosheets/sheet1.xml", "macro"),
        ("xl/externalLinks/externalLink1.xml", "external_link"),
        ("../../etc/passwd", "unsafe_path"),
        ("xl\\..\\..\\x.xml", "unsafe_path"),
        ("/etc/x", "unsafe_path"),
        ("C:\\x", "unsafe_path"),
    ],
)
def test_a_dangerous_part_is_refused(tmp_path: Path, part: str, code: str) -> None:
    assert refused(with_part(tmp_path / "a.xlsx", part, b"<a/>")).code == code


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
        b"<!-- " + b"x" * 3000 + b" --><!doctype x SYSTEM 'file:///etc/passwd'><x/>",
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16"),
    ],
)
def test_document_types_and_entities_are_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(with_part(tmp_path / "a.xlsx", "xl/extra.xml", content)).code == "entities"


def test_a_zip_bomb_is_refused_by_ratio_by_size_and_by_number(tmp_path: Path) -> None:
    bomb = with_part(tmp_path / "a.xlsx", "xl/media/image1.bin", bytes(30_000_000))
    assert bomb.stat().st_size < 100_000
    assert refused(bomb).code == "zip_bomb"
    assert refused(bomb, ratio=10**9, unpacked_bytes=20_000_000).code == "zip_bomb"
    assert refused(bomb, ratio=10**9, entries=3).code == "zip_bomb"


def test_large_and_empty_and_missing_files_are_refused(tmp_path: Path) -> None:
    assert refused(workbook(tmp_path / "a.xlsx"), file_bytes=1000).code == "too_large"
    assert refused(written(tmp_path / "空.xlsx", b"")).code == "empty"
    assert refused(written(tmp_path / "空.csv", b"\xef\xbb\xbf\r\n ")).code == "empty"
    assert refused(tmp_path / "没有.xlsx").code == "unreadable"


def test_a_truncated_workbook_is_corrupt_at_every_length(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx").read_bytes()
    for length in range(4, len(whole) - 1, 97):
        assert refused(written(tmp_path / "b.xlsx", whole[:length])).code == "corrupt"
