"""``saywhere sources``, as it is run, beside a service and without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.confluence import TOKEN, FakeConfluence, FakePage, served_confluence
from tests.http.live import ROOT, in_process
from tests.integration.test_watch import wait_until
from tests.moto_server import start_moto

QUESTION = {"question": "Who is the harbour master of Quillport?"}


@pytest.fixture
def wiki() -> Iterator[FakeConfluence]:
    with served_confluence() as served:
        served.pages["7"] = FakePage(
            "Harbour", "<p>The harbour master of Quillport is Wilhelmina Astor.</p>", space="PORT"
        )
        yield served


@pytest.fixture
def data(tmp_path: Path, wiki: FakeConfluence, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAYWHERE_CONFLUENCE__URL", wiki.url)
    monkeypatch.setenv("SAYWHERE_CONFLUENCE__TOKEN", TOKEN)
    return tmp_path / "data"


def run(data: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "api", *arguments, "--data", str(data)]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=250, check=False
    )
    return done.returncode, done.stdout + done.stderr


def listed(data: Path) -> list[dict[str, Any]]:
    status, said = run(data, "sources", "list", "--json")
    assert status == 0, said
    found: list[dict[str, Any]] = json.loads(said)
    return found


def test_sources_are_added_synced_and_removed(data: Path, wiki: FakeConfluence, tmp_path: Path) -> None:
    """Without a service, by the command; documents stay unless they are to go."""
    notes = tmp_path / "my notes"
    notes.mkdir()
    (notes / "ferry.md").write_text("The ferry to Wether leaves at nine.")
    assert "never synced; every 6h" in run(data, "sources", "add", "confluence:PORT", "--every", "6h")[1]
    assert run(data, "sources", "add", str(notes))[0] == 0
    assert [source["name"] for source in listed(data)] == ["my-notes", "port"]
    status, said = run(data, "sources", "sync")
    assert (status, "my-notes: 1 added" in said, "port: 1 added" in said) == (0, True, True)
    status, said = run(data, "sources", "sync", "port")
    assert "0 added, 0 changed, 0 removed, 1 unchanged" in said
    port = listed(data)[1]
    assert (port["last"]["outcome"], port["last"]["counts"], port["every"]) == (
        "done", {"unchanged": 1}, "6h",
    )  # fmt: skip
    assert TOKEN not in (data / "sources.json").read_text()
    assert run(data, "sources", "remove", "port", "--documents") == (0, "removed port with 1 documents\n")
    assert "its documents stay" in run(data, "sources", "remove", "my-notes")[1]
    assert "no source was added" in run(data, "sources", "list")[1]
    assert "Wether" in run(data, "search", "ferry to Wether")[1]


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (("add", "no/such/folder"), 1, "there is no such file or folder"),
        (("add", "s3://a b/c", "--name", "x"), 1, "names no bucket"),
        (("add", "python:no.such:thing", "--name", "x"), 1, "can't be imported"),
        (("add", ".", "--every", "often"), 2, "--every: 'often' is no interval"),
        (("add", ".", "--name", "a/b"), 2, "--name: 'a/b' is no name"),
        (("add", "https://ada:secret@docs.example/"), 2, "can't have a password"),
        (("remove", "none"), 1, "there is no source 'none'"),
        (("sync",), 1, "there is no source"),
    ],
    ids=lambda value: "-".join(value[:2]).replace("/", "_") if isinstance(value, tuple) else None,
)
def test_wrong_use_is_one_line(tmp_path: Path, arguments: tuple[str, ...], status: int, reason: str) -> None:
    """And nothing is stored."""
    found, said = run(tmp_path / "data", "sources", *arguments)
    assert (found, reason in said, "Traceback" in said, "secret" in said) == (status, True, False, False), (
        said
    )
    assert not (tmp_path / "data" / "sources.json").exists()


@pytest.mark.timeout(400)
def test_a_service_syncs_what_is_due_and_what_is_asked_for(data: Path, wiki: FakeConfluence) -> None:
    """Sources that are added, synced and removed beside it; its answers cite their addresses."""
    with in_process("-m", "api", "serve", "--data", str(data), "--port", "0") as (process, url):

        def ask() -> dict[str, Any]:
            answer: dict[str, Any] = httpx.post(f"{url}/v1/ask", json=QUESTION, timeout=60).json()
            return answer

        assert run(data, "sources", "add", "confluence:PORT", "--name", "wiki", "--every", "1d")[0] == 0
        wait_until(lambda: "Astor" in (ask()["answer"] or ""))
        assert ask()["citations"][0]["uri"] == f"{wiki.url}/pages/viewpage.action?pageId=7"
        page = wiki.pages["7"]
        page.html, page.version = "<p>The harbour master of Quillport is Otto Brandt.</p>", 2
        assert "the running service syncs 1" in run(data, "sources", "sync", "wiki")[1]
        wait_until(lambda: "Brandt" in (ask()["answer"] or ""))
        wait_until(lambda: listed(data)[0]["last"]["outcome"] == "done")
        assert "the running service removes" in run(data, "sources", "remove", "wiki", "--documents")[1]
        wait_until(lambda: not ask()["answered"])
        wait_until(lambda: listed(data) == [])
        process.terminate()
        assert process.wait(60) == 0


def test_a_bucket_and_a_factory_are_ingested_by_their_places(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the settings of the environment; ``--dry-run`` writes nothing."""
    (tmp_path / "own_sources.py").write_text(
        "from llama_index.core import Document\n"
        "class Reader:\n"
        "    def load_data(self):\n"
        "        return [Document(text='The lighthouse is painted in May.', id_='notes/lighthouse')]\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    server = start_moto()
    try:
        server.call("s3", "create_bucket", Bucket="handbook")
        server.put("handbook", "public/ferry.md", "The ferry to Wether leaves at nine.")
        for name, value in {"ENDPOINT_URL": server.url, "ACCESS_KEY": "any", "SECRET_KEY": "thing"}.items():
            monkeypatch.setenv(f"SAYWHERE_S3__{name}", value)
        places = ("s3://handbook/public/", "python:own_sources:Reader")
        status, said = run(data, "ingest", *places, "--dry-run")
        assert (status, "add    s3://handbook/public/ferry.md" in said, data.exists()) == (0, True, False), (
            said
        )
        status, said = run(data, "ingest", *places)
        assert (status, said.startswith("2 added")) == (0, True), said
        assert "s3://handbook/public/ferry.md" in run(data, "search", "ferry to Wether", "--json")[1]
    finally:
        server.stop()


def test_a_backup_has_the_sources(data: Path, wiki: FakeConfluence, tmp_path: Path) -> None:
    """A restore as well."""
    run(data, "sources", "add", "confluence:PORT")
    run(data, "sources", "sync")
    assert run(data, "backup", str(tmp_path / "backups"))[0] == 0
    assert run(tmp_path / "restored", "restore", str(tmp_path / "backups"))[0] == 0
    assert listed(tmp_path / "restored") == listed(data)
