"""What is refused before a file is parsed: wrong kinds, passwords, macros, outside links, archives built to explode.

Nothing here reads a cell. `examine` looks at names, sizes and the first bytes, so it is safe on a hostile file.
"""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RESAVE = "请用 Excel 或 WPS 打开该文件，另存为“Excel 工作簿（*.xlsx）”后重新上传"
_FROM_WORD = "请把其中的表格复制到 Excel，保存为 .xlsx 后上传"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_TEXT_SUFFIXES = {".csv", ".tsv", ".txt"}
_ZIP_KINDS = (("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsb"), ("content.xml", "ods"))
_MACRO_PARTS = re.compile(
    r"vbaproject\.bin$|^xl/macrosheets/|^xl/dialogsheets/|^basic/.+\.xml$|^scripts/.", re.IGNORECASE
)
_BEGINNINGS = (
    (b"%PDF", "PDF 文件"), (b"{\\rtf", "RTF 文档"), (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"),
    (b"Rar!", "RAR 压缩包"), (b"7z\xbc\xaf", "7z 压缩包"), (b"\x1f\x8b", "压缩包"),
)  # fmt: skip
_HTML = re.compile(rb"<(!doctype html|html|head|body|table|meta|style|script)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one file: bytes; rows, columns and cells of a sheet; seconds and bytes of memory of the reader."""

    file_bytes: int = 200 * 2**20
    rows: int = 1_048_576
    columns: int = 1_000
    cells: int = 20_000_000
    unpacked_bytes: int = 1_500_000_000
    ratio: int = 200
    ratio_from: int = 10_000_000
    entries: int = 10_000
    memory: int = 1_500_000_000
    seconds: float = 20.0

    def seconds_for(self, size: int) -> float:
        """Wall clock granted to a file of `size` bytes: one more second for every 2 MB."""
        return self.seconds + size / 2_000_000


class Refusal(Exception):  # noqa: N818  (it is an answer to the user, not a fault of the program)
    """The file is not read. `message` says what and where, `advice` what to do; both in Chinese."""

    def __init__(self, code: str, message: str, advice: str = RESAVE) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.advice = advice


_KNOWN: Mapping[str, tuple[str, str]] = {
    "password": ("文件有打开密码", "请在 Excel 中打开，在“文件—信息—保护工作簿”里去掉打开密码，保存后重新上传"),
    "macro": ("文件里带有宏（VBA）程序", "请另存为 .xlsx（不含宏的工作簿）后重新上传"),
    "external_link": (
        "文件里有指向其他工作簿的外部链接",
        "请在“数据—编辑链接”里断开链接，或把相关单元格复制后“粘贴为数值”，保存后重新上传",
    ),
    "entities": ("文件内部含有 DTD 或实体定义，正常的表格文件不会有", RESAVE),
    "zip_bomb": ("文件解压后大得反常，可能是恶意构造的压缩包", RESAVE),
    "unsafe_path": ("文件内部含有指向外部目录的路径，可能是恶意构造的压缩包", RESAVE),
    "corrupt": (
        "文件已损坏或不完整，无法读取",
        "请重新导出一份；能在 Excel 中打开时，另存为 .xlsx 后重新上传",
    ),
    "too_complex": (
        "读取该文件所需的时间或内存超过上限",
        "常见原因是表外很远处有零散内容：按 Ctrl+End 查看最后一格，删除多余的行和列，或拆成几个文件后上传",
    ),
    "empty": ("文件是空的", "请确认选对了文件"),
}


def refusal(code: str, detail: str = "") -> Refusal:
    """The standard refusal for `code`; `detail` names the place and is put behind the message."""
    message, advice = _KNOWN[code]
    return Refusal(code, f"{message}（{detail}）" if detail else message, advice)


def examine(path: Path, limits: Limits, *, name: str = "") -> str:
    """Return the kind of the file by its content (xlsx, xlsb, ods, xls, csv); raise Refusal if it must not be read.

    `name` is what the file was called before it was stored: text tables have no mark but their extension.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise Refusal("unreadable", "文件打不开", "请确认文件存在、没有被其他程序占用，再重新上传") from error
    if size > limits.file_bytes:
        message = f"文件有 {size / 2**20:.0f} MB，超过上限 {limits.file_bytes / 2**20:.0f} MB"
        raise Refusal("too_large", message, "请删去图片和无关的工作表，或按县区、年份拆成几个文件")
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise refusal("empty")
    if head.startswith(_ZIP):
        return _examine_zip(path, limits)
    if head.startswith(_OLE):
        return _examine_ole(path)
    if head.startswith(_OLD_BIFF):
        return "xls"
    return _examine_text(Path(name or path).suffix.lower(), head)


def _examine_text(suffix: str, head: bytes) -> str:
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            raise Refusal("wrong_type", f"这是{name}，不是表格文件")
    plain = head.replace(b"\x00", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n")
    if _HTML.search(plain) or plain.startswith((b"MIME-Version:", b"<?xml")):
        message = f"文件扩展名是 {suffix or '（无）'}，内容其实是网页（HTML/XML），不是真正的 Excel 文件"
        raise Refusal("wrong_type", message, f"不少业务系统导出的“Excel”就是这样。{RESAVE}")
    if suffix in _TEXT_SUFFIXES:
        return "csv"
    if suffix in {".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".et"} and _looks_binary(head):
        raise refusal("corrupt")
    raise Refusal("wrong_type", f"文件扩展名是 {suffix or '（无）'}，但内容不是能识别的表格格式")


def _looks_binary(head: bytes) -> bool:
    return sum(byte < 9 for byte in head[:512]) > len(head[:512]) // 50


def _examine_ole(path: Path) -> str:
    """Old binary container: the stream names stand in its directory as UTF-16, so a search of the bytes finds them."""
    content = path.read_bytes()

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if has("EncryptedPackage"):
        raise refusal("password")
    if has("_VBA_PROJECT_CUR"):
        raise refusal("macro")
    if has("Workbook") or has("Book") or has("BOOK") or has("WORKBOOK"):
        return "xls"
    if has("WordDocument"):
        raise Refusal(
            "wrong_type", "这是 Word 文档（.doc），不是表格文件", "请把其中的表格复制到 Excel，保存为 .xlsx 后上传"
        )
    if has("PowerPoint Document"):
        raise Refusal("wrong_type", "这是 PPT 演示文稿，不是表格文件")
    raise refusal("corrupt", "找不到工作簿内容")


def _examine_zip(path: Path, limits: Limits) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            check_entries(entries, limits)
            kind = _zip_kind({_plain_name(entry) for entry in entries})
            if kind == "ods":
                _check_manifest(archive)
            check_prologues(archive, entries)
            return kind
    except Refusal:
        raise
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise refusal("corrupt") from error
    except Exception as error:  # zlib.error, RuntimeError "encrypted", struct.error, UnicodeDecodeError
        raise refusal("password" if "encrypted" in str(error) else "corrupt") from error


def _plain_name(entry: zipfile.ZipInfo) -> str:
    # Some exporters write Windows separators inside the archive; Excel opens such files all the same.
    return entry.filename.replace("\\", "/").lower()


def check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise refusal("zip_bomb", f"内含 {len(entries)} 个部件")
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise refusal("zip_bomb", f"解压后超过 {limits.unpacked_bytes / 1e9:.1f} GB")
    for entry in entries:
        name = _plain_name(entry)
        if name.startswith("/") or re.match(r"[a-z]:", name) or ".." in name.split("/"):
            raise refusal("unsafe_path", name)
        if entry.file_size > limits.ratio_from and entry.file_size > limits.ratio * max(entry.compress_size, 1):
            raise refusal("zip_bomb", f"{name} 的压缩比超过 {limits.ratio}")
        if entry.flag_bits & 1:
            raise refusal("password")
        if _MACRO_PARTS.search(name):
            raise refusal("macro", name)
        if name.startswith("xl/externallinks/"):
            raise refusal("external_link")


def _zip_kind(names: set[str]) -> str:
    for part, kind in _ZIP_KINDS:
        if part in names:
            return kind
    if any(name.startswith("word/") for name in names):
        raise Refusal(
            "wrong_type", "这是 Word 文档（.docx），不是表格文件", "请把其中的表格复制到 Excel，保存为 .xlsx 后上传"
        )
    if any(name.startswith("ppt/") for name in names):
        raise Refusal("wrong_type", "这是 PPT 演示文稿，不是表格文件")
    if "[content_types].xml" in names:
        return "xlsx"
    raise Refusal("wrong_type", "这是压缩包，不是表格文件", "请先解压，再逐个上传其中的表格")


def _check_manifest(archive: zipfile.ZipFile) -> None:
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise refusal("password")


def check_prologues(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """A document type may only stand before the root element, so the beginning of each XML part is enough."""
    for entry in entries:
        if not _plain_name(entry).endswith((".xml", ".rels", ".vml")):
            continue
        with archive.open(entry) as part:
            beginning = part.read(65536).replace(b"\x00", b"")
        root = re.search(rb"<[A-Za-z_]", beginning)
        prologue = beginning[: root.start()] if root else beginning
        if re.search(rb"<!(DOCTYPE|ENTITY)", prologue, re.IGNORECASE):
            raise refusal("entities", _plain_name(entry))
