"""The installation's key: it signs tree heads, and marks entries as written by the program."""

import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings


def folder() -> Path:
    """Where the second file of the log and its key lie: best on another disk than the database."""
    path = Path(settings.AUDIT_DIR or Path(settings.DATA_DIR) / "audit")
    path.mkdir(parents=True, exist_ok=True)
    return path


@lru_cache(maxsize=8)
def _key(path: Path) -> Ed25519PrivateKey:
    """Made once per installation, readable by its owner only."""
    if not path.exists():
        raw = Ed25519PrivateKey.generate().private_bytes_raw()
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(raw.hex())
        except FileExistsError:
            pass  # another process of this installation was first
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text()))


def key() -> Ed25519PrivateKey:
    return _key(folder() / "signing.key")


def public_key() -> str:
    """Hex of the key that anyone may know; a verifier compares it with what was printed."""
    return key().public_key().public_bytes_raw().hex()


def forget() -> None:
    """After a restore the key on disk is another one."""
    _key.cache_clear()


def sign(text: bytes) -> str:
    return key().sign(text).hex()


def mark(line: bytes) -> str:
    """Who can write to the database but does not hold the key cannot make an entry that passes."""
    secret = hashlib.sha256(b"luodi.audit.mark" + key().private_bytes_raw()).digest()
    return hmac.new(secret, line, hashlib.sha256).hexdigest()
