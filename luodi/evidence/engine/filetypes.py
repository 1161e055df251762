"""What a file really is, by its content; what must not come in: programs, macros, scripts, bombs, passwords.

Nothing here trusts a name. Archives are looked at by their directory, PDFs object by object, pictures by their decoder;
all of it runs in a child process (`reader.py`) under a ceiling of memory and time.
"""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from luodi.intake.engine.guards import Limits, Refusal, check_entries, check_prologues

TYPES: Mapping[str, tuple[frozenset[str], str]] = {
    "pdf": (frozenset({".pdf"}), "application/pdf"),
    "jpg": (frozenset({".jpg", ".jpeg"}), "image/jpeg"),
    "png": (frozenset({".png"}), "image/png"),
    "webp": (frozenset({".webp"}), "image/webp"),
    "tiff": (frozenset({".tif", ".tiff"}), "image/tiff"),
    "docx": (frozenset({".docx"}), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (frozenset({".xlsx"}), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": (frozenset({".pptx"}), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "doc": (frozenset({".doc", ".wps"}), "application/msword"),
    "xls": (frozenset({".xls", ".et"}), "application/vnd.ms-excel"),
    "ppt": (frozenset({".ppt", ".dps"}), "application/vnd.ms-powerpoint"),
    "ofd": (frozenset({".ofd"}), "application/ofd"),
}
"""By type: the endings that it may bear, and how it is sent."""

PICTURES = frozenset({"jpg", "png", "webp", "tiff"})
MAX_BYTES = 50 * 2**20
MAX_PIXELS = 80_000_000
MAX_OBJECTS = 200_000
LIMITS = Limits(file_bytes=MAX_BYTES, unpacked_bytes=300 * 2**20)

_ACCEPTED = "请上传 PDF、图片（jpg、png、webp、tiff）、Office 文档或 OFD"
_WORDS = {
    "empty": ("文件是空的", "请确认选对了文件"),
    "too_large": (f"文件超过上限 {MAX_BYTES // 2**20} MB", "请压缩图片或拆成几个文件后上传"),
    "program": ("这是可执行文件或脚本，不能作为佐证", _ACCEPTED),
    "unknown": ("认不出的文件格式", _ACCEPTED),
    "archive": ("这是压缩包", "请先解压，再逐个上传其中的材料"),
    "mismatch": ("扩展名与内容不符", "请按真实格式改正扩展名，或重新导出后上传"),
    "macro": ("文件里带有宏程序", "请另存为不含宏的格式，或打印成 PDF 后上传"),
    "active": ("PDF 里带有脚本或自动动作", "请用“打印为 PDF”重新生成一份后上传"),
    "embedded": ("文件里嵌有其他程序", "请去掉嵌入的对象，或打印成 PDF 后上传"),
    "template": ("文件引用了外部模板", "请另存为普通文档，或打印成 PDF 后上传"),
    "password": ("文件有打开密码", "请去掉密码后上传"),
    "corrupt": ("文件已损坏或不完整，打不开", "请重新导出或重新拍摄后上传"),
    "zip_bomb": ("文件解压后大得反常", "请重新导出一份后上传"),
    "unsafe_path": ("文件内部含有指向外部的路径", "请重新导出一份后上传"),
    "entities": ("文件内部含有 DTD 或实体定义", "请重新导出一份后上传"),
    "pixels": (f"图片的像素超过 {MAX_PIXELS // 1_000_000} 百万", "请缩小图片后上传"),
    "too_complex": ("检查这个文件所需的时间或内存超过上限", "请打印成 PDF 或缩小后上传"),
}

_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_MARKUP = re.compile(rb"<(!doctype|html|head|body|script|svg|\?xml)", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"II*\x00", "tiff"), (b"MM\x00*", "tiff"))
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh")
_RUNNABLE = re.compile(r"\.(exe|dll|com|scr|bat|cmd|ps1|vbs|js|jse|wsf|hta|jar|msi|lnk|sh)$")
_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/RichMediaExecute", "/GoToE"})


@dataclass(frozen=True, slots=True)
class Found:
    """The type by content, and what is known of it besides: pages, width, height."""

    type: str
    meta: dict[str, Any]


def refuse(code: str, detail: str = "") -> Refusal:
    """The standard refusal of `code`; `detail` names the place."""
    message, advice = _WORDS[code]
    return Refusal(code, f"{message}（{detail}）" if detail else message, advice)


def examine(path: Path, name: str) -> Found:
    """What the file is. Raises Refusal when it must not come in; `name` is what its owner calls it."""
    if path.stat().st_size > MAX_BYTES:
        raise refuse("too_large")
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip(b"\x00\r\n\t "):
        raise refuse("empty")
    try:
        found = _by_content(path, head)
    except Refusal as refused:
        raise refuse(refused.code) if refused.code in _WORDS else refused from refused
    check_name(found.type, name)
    return found


def check_name(kind: str, name: str) -> None:
    """Raises Refusal when a file of this type bears another type's ending."""
    ending = Path(name).suffix.lower()
    if ending not in TYPES[kind][0]:
        raise refuse("mismatch", f"扩展名 {ending or '无'}，内容是 {kind}")


def _by_content(path: Path, head: bytes) -> Found:
    if head.startswith(_PROGRAMS) or _MARKUP.search(head.lstrip(b"\xef\xbb\xbf \t\r\n")[:256]):
        raise refuse("program")
    if b"%PDF-" in head[:1024]:
        return Found("pdf", _pdf(path))
    picture = next((kind for beginning, kind in _PICTURES if head.startswith(beginning)), "")
    if picture or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return Found(picture or "webp", _picture(path))
    if head.startswith(b"PK"):
        return Found(_zip(path), {})
    if head.startswith(_OLE):
        return Found(_ole(path), {})
    raise refuse("archive" if head.startswith(_ARCHIVES) else "unknown")


def _picture(path: Path) -> dict[str, Any]:
    """Decoded whole, once its size is known to be harmless: a cut or forged picture does not decode."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own bound, with our own words
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=("JPEG", "PNG", "WEBP", "TIFF")) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise refuse("pixels")
                image.load()
                return {"width": image.width, "height": image.height}
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise refuse("corrupt") from error


def _pdf(path: Path) -> dict[str, Any]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise refuse("password")
        for thing in _objects(reader):
            if _ACTIONS & {thing.get("/S"), thing.get("/Subtype")} or "/JS" in thing or "/XFA" in thing:
                raise refuse("active")
            if _RUNNABLE.search(str(thing.get("/F", "")).lower()):
                raise refuse("embedded")
        return {"pages": len(reader.pages)}
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refuse("corrupt") from error


def _objects(reader: Any) -> Iterator[Any]:
    """Every dictionary that can be reached from the trailer, each once."""
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    for _ in range(MAX_OBJECTS):
        if not waiting:
            return
        thing = waiting.pop()
        if hasattr(thing, "idnum"):
            if (thing.idnum, thing.generation) in seen:
                continue
            seen.add((thing.idnum, thing.generation))
            thing = thing.get_object()
        if isinstance(thing, dict):
            yield thing
            waiting += [thing.raw_get(key) for key in thing] if hasattr(thing, "raw_get") else list(thing.values())
        elif isinstance(thing, list):
            waiting += list(thing)
    raise refuse("too_complex")


def _zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            check_entries(entries, LIMITS)
            names = [entry.filename.replace("\\", "/").lower() for entry in entries]
            kind = _zip_kind(set(names))
            if any(_RUNNABLE.search(name) or "/activex/" in name for name in names):
                raise refuse("embedded")
            check_prologues(archive, entries)
            if kind != "ofd":
                _check_parts(archive, names)
            return kind
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise refuse("corrupt") from error
    except Refusal:
        raise
    except Exception as error:  # zlib.error, RuntimeError "encrypted", struct.error, UnicodeDecodeError
        raise refuse("password" if "encrypted" in str(error) else "corrupt") from error


def _zip_kind(names: set[str]) -> str:
    if "ofd.xml" in names:
        return "ofd"
    if "[content_types].xml" in names:
        for folder, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return kind
    raise refuse("archive")


def _check_parts(archive: zipfile.ZipFile, names: list[str]) -> None:
    """Macro-enabled by its own declaration, with a template from elsewhere, or with a packed object inside."""
    if b"macroenabled" in archive.read("[Content_Types].xml").lower():
        raise refuse("macro")
    if any("/embeddings/" in name and name.endswith(".bin") for name in names):
        raise refuse("embedded")
    for entry in archive.infolist():
        part = archive.read(entry) if entry.filename.endswith(".rels") else b""
        if b"attachedTemplate" in part and b'TargetMode="External"' in part:
            raise refuse("template")


def _ole(path: Path) -> str:
    """The old container: its streams stand in the directory as UTF-16, so a search of the bytes finds them."""
    content = path.read_bytes()

    def has(*streams: str) -> bool:
        return any(stream.encode("utf-16-le") in content for stream in streams)

    if has("EncryptedPackage"):
        raise refuse("password")
    if has("_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros"):
        raise refuse("macro")
    if has("Ole10Native"):
        raise refuse("embedded")
    for streams, kind in ((("WordDocument",), "doc"), (("PowerPoint Document",), "ppt"), (("Workbook", "Book"), "xls")):
        if has(*streams):
            return kind
    raise refuse("unknown")
