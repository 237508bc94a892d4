"""``saywhere ingest`` of a site, over real stores: answered with its address, and killed at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.settings import Settings
from rag.types import Answer, Question
from rag.wiring import CATALOG, open_catalog, open_service
from tests.fakes.site import FakeSite, served_site

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with served_site() as served:
        served.page("/harbour", "The harbour master of Quillport is Wilhelmina Astor.", "/ferry")
        served.page("/ferry", "The ferry to Wether leaves at nine.", "/slow")
        yield served


def start(site: FakeSite, data: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "api", "ingest", f"{site.url}/harbour", "--data", str(data), *options]
    environment = {**os.environ, "SAYWHERE_SITES__DELAY_SECONDS": "0"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def run(site: FakeSite, data: Path, *options: str) -> tuple[int, str]:
    with start(site, data, *options) as process:
        out, err = process.communicate(timeout=250)
        return process.returncode, out + err


def test_a_site_is_answered_from_with_its_addresses(site: FakeSite, tmp_path: Path) -> None:
    """By ``--depth``; the second run embeds nothing, and ``--dry-run`` writes nothing."""
    data = tmp_path / "data"
    status, said = run(site, data, "--depth", "1", "--dry-run")
    assert (status, f"add    {site.url}/ferry" in said, data.exists()) == (0, True, False)
    status, said = run(site, data, "--depth", "1")
    assert (status, said.startswith("2 added")) == (0, True)
    assert (
        run(site, data, "--depth", "1")[1].strip() == "0 added, 0 changed, 0 removed, 2 unchanged, 0 failed"
    )
    with open_service(Settings(data=data)) as service:
        answer = service.engine.ask(Question(text="Who is the harbour master of Quillport?"))
    assert isinstance(answer, Answer)
    assert "Wilhelmina Astor" in answer.text
    assert answer.citations[0].uri == f"{site.url}/harbour"
    assert run(site, data, "--watch")[0] == 2


def test_a_run_that_is_killed_is_done_by_the_next(site: FakeSite, tmp_path: Path) -> None:
    """In the middle of a page."""
    data = tmp_path / "data"
    site.page("/slow", "Never whole.", drip=0.5)
    with start(site, data, "--depth", "2") as process:
        deadline = time.monotonic() + 200
        while not any(path == "/slow" for path, _ in site.requests):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    site.page("/slow", "The slow page is quick now.")
    status, said = run(site, data, "--depth", "2")
    assert (status, said.startswith("3 added")) == (0, True)
    assert (data / CATALOG).is_file()
    with closing(open_catalog(Settings(data=data))) as catalog:
        assert {record.source for record in catalog.list("default")} == {f"{site.url}/harbour"}
