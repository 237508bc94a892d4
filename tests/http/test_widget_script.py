"""The widget's script: one file, small, for every page, and safe by its form."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import api
from api.script import script

MODULES = sorted((Path(api.__file__).parent / "widget").glob("*.js"))
MOST = 20 * 1024
OTHER = "https://elsewhere.example"


def test_it_is_at_most_20_kb(client: TestClient) -> None:
    """As it travels, gzipped, all of it."""
    response = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert 5_000 < len(script().gzipped) == int(response.headers["content-length"]) <= MOST


def test_it_is_for_every_page(client: TestClient) -> None:
    """A module script is fetched with CORS; its policy lets any page load it."""
    response = client.get("/widget.js", headers={"Origin": OTHER})
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["content-type"].startswith("text/javascript")


def test_it_is_fetched_again_only_when_it_changed(client: TestClient) -> None:
    """A browser asks with the tag it has and gets nothing new."""
    first = client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert first.content == script().body
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_it_loads_nothing_else() -> None:
    """All its modules are in it, and no import is left."""
    text = script().body.decode()
    assert not re.search(r"^\s*(import|export)\b|\bimport\(", text, re.MULTILINE)
    for module in MODULES:
        exported = re.findall(
            r"^export (.*?)[ (]*(?:\(|=|\{)", module.read_text(encoding="utf-8"), re.MULTILINE
        )
        assert all(declared in text for declared in exported), module.name


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_it_makes_no_html_of_text_and_names_no_other_host(module: Path) -> None:
    """No sink for markup or code, no inline style, no address but an icon's namespace and comments'."""
    text = module.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text)
    assert not re.search(r'Attribute\("style"|srcdoc|cssText', text)
    code = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    assert set(re.findall(r"https?://[^\s\"'`]+", code)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js isn't installed")
def test_it_is_one_valid_module(tmp_path: Path) -> None:
    """No name is used twice by two of its modules."""
    file = tmp_path / "widget.mjs"
    file.write_bytes(script().body)
    subprocess.run(["node", "--check", str(file)], check=True, capture_output=True, timeout=60)


def test_every_language_has_every_text() -> None:
    """A language that lacks one would show "undefined"."""
    text = next(m for m in MODULES if m.name == "texts.js").read_text(encoding="utf-8")
    dictionaries = re.findall(r"^const \w\w = \{\n(.*?)^\};", text, re.MULTILINE | re.DOTALL)
    assert len(dictionaries) >= 2
    first, *others = (set(re.findall(r"^ +(\w+):", entries, re.MULTILINE)) for entries in dictionaries)
    assert all(other == first for other in others)
    gaps = [sorted(re.findall(r"\{\w+\}", entries)) for entries in dictionaries]
    assert all(found == gaps[0] for found in gaps)
