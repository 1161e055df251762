"""The log's commands: a bundle that an auditor verifies on another machine, with nothing of ours but the verifier."""

import json
import os
import random
import shutil
import subprocess
import sys

import pytest

from tests.conftest import LEDGERS
from tests.core import installation
from tests.core.installation import ROOT
from tests.core.record import PUBLISHED

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """A bundle of an installation with the published projects, and the head that was printed before its last action."""
    folder = tmp_path_factory.mktemp("log")
    one = installation.make(folder / "here", "bundle")
    try:
        one.migrate()
        one.json("intake", "commit", LEDGERS / PUBLISHED[0])
        printed = one.json("audit", "head")
        one.json("intake", "commit", LEDGERS / PUBLISHED[3])
        exported = one.json("audit", "export", folder / "bundle")
        assert one.run("audit", "export", folder / "bundle").returncode == 1, "never over another one"
        yield folder / "bundle", printed, exported, one
    finally:
        installation.drop(one)


def elsewhere(folder, key=""):
    """The verifier alone: no settings, no database, no data folder."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "PYTHONPATH": str(ROOT)
    }
    command = [sys.executable, "-m", "luodi.audit.engine.bundle", str(folder), *([key] if key else [])]
    return subprocess.run(command, cwd=folder.parent, env=environment, capture_output=True, text=True, check=False)


def test_an_auditor_verifies_a_copy_on_another_machine(bundle, tmp_path):
    folder, _, exported, _ = bundle
    copy = tmp_path / "usb" / "audit"
    shutil.copytree(folder, copy)

    done = elsewhere(copy, exported["key"])

    assert done.returncode == 0, done.stdout + done.stderr
    assert exported["root"] in done.stdout
    assert "django" not in done.stderr.lower()
    assert elsewhere(copy, "0" * 64).returncode == 2


def test_a_changed_leaf_is_named(bundle, tmp_path):
    folder, _, _, one = bundle
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    lines = (copy / "leaves.jsonl").read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"intake.batch", b"intake.botch", 1)
    (copy / "leaves.jsonl").write_bytes(b"".join(lines))

    found = one.json("audit", "verify", copy, code=2)

    assert found["ok"] is False
    assert found["first_bad_leaf"] == 1
    assert "叶 1" in one.run("audit", "verify", copy).stdout


def test_a_printed_head_is_a_witness(bundle):
    folder, printed, _, one = bundle
    head = f"{printed['size']}:{printed['root']}"

    assert one.json("audit", "verify", folder, "--head", head)["ok"]
    assert one.json("audit", "verify", folder, "--head", head[:12])["ok"]
    assert not one.json("audit", "verify", folder, "--head", f"{printed['size']}:{'0' * 64}", code=2)["ok"]
    assert not one.json("audit", "verify", folder, "--head", f"9999:{printed['root']}", code=2)["ok"]
    assert one.run("audit", "verify", folder, "--head", "latest").returncode == 2


def test_an_amount_changed_in_the_bundle_is_found_even_when_the_files_were_signed_again(bundle, tmp_path):
    """As an administrator with the key would: the record no longer is what the leaves sealed."""
    import hashlib

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    folder, _, _, one = bundle
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    table = copy / "record" / "projects_amount.jsonl"
    assert b"8370000000000" in table.read_bytes()
    table.write_bytes(table.read_bytes().replace(b"8370000000000", b"9370000000000", 1))
    about = json.loads((copy / "bundle.json").read_bytes())
    about["files"]["record/projects_amount.jsonl"] = hashlib.sha256(table.read_bytes()).hexdigest()
    text = json.dumps(about).encode()
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex((one.folder / "audit" / "signing.key").read_text()))
    (copy / "bundle.json").write_bytes(text)
    (copy / "bundle.sig").write_text(key.sign(text).hex())

    found = one.json("audit", "verify", copy, code=2)

    assert [finding["what"].split(" ")[0] for finding in found["findings"]] == ["projects_amount"]
    assert found["first_bad_leaf"] is not None


def test_every_spoilt_bundle_is_found(bundle, tmp_path):
    """Bits flipped, lines exchanged, repeated, removed, tails cut, in any file; the benchmark makes ten thousand tries."""
    from benchmarks.audit import _spoil
    from luodi.audit.engine.bundle import verify

    folder, _, _, _ = bundle
    copy, pick = tmp_path / "copy", random.Random(20261126)
    shutil.copytree(folder, copy)
    files = [one for one in sorted(copy.rglob("*")) if one.is_file() and one.stat().st_size and one.name != "README.md"]

    missed = []
    for _ in range(150):
        what, undo = _spoil(pick, pick.choice(files))
        if verify(copy).ok:
            missed.append(what)
        undo()

    assert missed == []
    assert verify(copy).ok
