"""Nothing leaves the intranet: no page, script or stylesheet names another host, and the policy forbids it."""

import re
from pathlib import Path

ADDRESS = re.compile(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}""", re.IGNORECASE)
NAMESPACES = ("http://www.w3.org/", "https://www.w3.org/")


def test_no_page_names_another_host():
    files = [*Path("luodi").rglob("*.html"), *Path("luodi/static").rglob("*.js"), *Path("luodi/static").rglob("*.css")]

    found = {
        str(path): hits
        for path in files
        if (hits := [a for a in ADDRESS.findall(path.read_text(encoding="utf-8")) if not a.startswith(NAMESPACES)])
    }

    assert not found


def test_the_policy_allows_this_host_only(client, db):
    policy = client.get("/login/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy


def test_the_lock_files_name_no_host():
    for path in [*Path("requirements").glob("*.txt"), Path("package-lock.json")]:
        assert not re.findall(r"https?://", path.read_text(encoding="utf-8")), path
