"""The child process that opens an untrusted file: `python -m luodi.evidence.engine.reader PATH NAME`, an answer in JSON.

A picture of 200 KB may ask its decoder for gigabytes and a PDF may nest without end; whatever happens, the parent survives.
"""

import base64
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from luodi.evidence.engine.filetypes import PICTURES, examine, refuse
from luodi.evidence.engine.photos import read_camera
from luodi.evidence.engine.texts import read_text
from luodi.intake.engine.guards import Refusal
from luodi.intake.engine.reader import limit_memory

MEMORY = 1_500_000_000
SECONDS = 60
PREVIEW = 1280
"""Pixels of the longer side of a picture's small copy."""
_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Read:
    """A file that may come in: its type, what it carries, what can be read in it, and of a picture a small clean copy (JPEG)."""

    type: str
    meta: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    preview: bytes = b""


def read(path: Path, name: str) -> Read:
    """Open the file in a child process. Raises Refusal when it must not come in."""
    command = [sys.executable, "-X", "utf8", "-m", "luodi.evidence.engine.reader", str(path.resolve()), name]
    # The child needs to find its libraries and nothing else: no settings, no passwords of ours.
    environment = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "SYSTEMROOT") if key in os.environ}
    try:
        done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, timeout=SECONDS, check=False)
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        answer = None
    if answer is None:
        raise refuse("too_complex")
    if "refused" in answer:
        raise Refusal(*answer["refused"])
    return Read(**{**answer, "preview": base64.b64decode(answer["preview"])})


def open_file(path: Path, name: str) -> dict[str, Any]:
    """In the child: examine, read time and place, read the text. A text that cannot be read is no reason to refuse."""
    found = examine(path, name)
    meta, preview = dict(found.meta), b""
    if found.type in PICTURES:
        meta |= _camera(path)
        preview = _small(path)
    try:
        text = read_text(path, found.type)
    except Exception:  # noqa: BLE001 - the parsers' own; the file itself has passed
        text = ""
    return {"type": found.type, "meta": meta, "text": text, "preview": base64.b64encode(preview).decode()}


def _camera(path: Path) -> dict[str, Any]:
    from PIL import Image

    try:
        with Image.open(path) as image:
            return read_camera(image)
    except Exception:  # noqa: BLE001 - a broken tag is an absent one
        return {}


def _small(path: Path) -> bytes:
    """Decoded and encoded anew: whatever else the picture's file carried stays behind, time and place included."""
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((PREVIEW, PREVIEW))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82)
    return out.getvalue()


def main(arguments: list[str]) -> None:
    path, name = arguments
    limit_memory(MEMORY)
    try:
        answer = open_file(Path(path), name)
    except Refusal as refused:
        answer = _refused(refused)
    except (MemoryError, RecursionError):
        answer = _refused(refuse("too_complex"))
    sys.stdout.write(json.dumps(answer))


def _refused(refused: Refusal) -> dict[str, Any]:
    return {"refused": [refused.code, refused.message, refused.advice]}


if __name__ == "__main__":
    main(sys.argv[1:])
