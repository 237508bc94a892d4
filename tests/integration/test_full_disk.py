"""A disk that fills up while the service runs, and gets space again; stores that freeze: real ones."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.disks import Disk, mounted
from tests.http.live import in_process

WORDS = "harbour lantern orchard granite velvet thunder meadow copper willow anchor".split()
PATIENCE = 120.0  # seconds until a request counts as never answered


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path / "disk", megabytes=9) as disk:
        yield disk


def text(number: int) -> str:
    """A document of its own, about 6 kB."""
    sentences = [
        f"Report {number} says that the {WORDS[(number + i) % 10]} of part {i} weighs {number + i} grams."
        for i in range(90)
    ]
    return f"# Report {number}\n\n" + "\n\n".join(" ".join(sentences[i : i + 6]) for i in range(0, 90, 6))


class Client:
    """A client of the server, whose requests must be answered."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=PATIENCE)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def send(self, number: int) -> tuple[int, str]:
        """The status of the upload and, if it was accepted, the state its job ends in."""
        body = {"documents": [{"uri": f"report-{number}.md", "text": text(number)}]}
        response = self._http.post("/v1/documents", json=body)
        if response.status_code != 202:
            return response.status_code, ""
        job = response.json()
        assert self._http.get(f"/v1/jobs/{job['id']}/events").status_code == 200  # waits for its end
        return 202, str(self._http.get(f"/v1/jobs/{job['id']}").json()["state"])

    def documents(self) -> dict[str, str]:
        """Ids by uri."""
        listing = self._http.get("/v1/documents", params={"limit": 1000}).json()["documents"]
        return {record["uri"]: record["id"] for record in listing}

    def delete(self, document_id: str) -> int:
        return self._http.delete(f"/v1/documents/{document_id}").status_code

    def get(self, path: str, **parameters: str) -> Any:
        return self._http.get(path, params=parameters)


def test_the_service_goes_on_after_a_full_disk(disk: Disk) -> None:
    """Full: additions are refused, removals work. With space again: it answers, adds, removes, and ends."""
    serve = (
        "-m",
        "tests.integration.store_server",
        "serve",
        "--port",
        "0",
        "--data",
        str(disk.path / "data"),
    )
    with in_process(*serve) as (process, url), Client(url) as client:
        refused = None
        for number in range(400):
            outcome = client.send(number)
            if outcome != (202, "done"):
                refused = outcome
                break
        assert refused in [(507, ""), (202, "failed")]
        stored = client.documents()
        assert f"report-{number}.md" not in stored
        assert client.get("/healthz").status_code == 200

        for uri in list(stored)[:3]:
            assert client.delete(stored.pop(uri)) == 204
        assert set(client.documents()) == set(stored)

        disk.resize(megabytes=60)
        assert client.send(number) == (202, "done")
        assert client.delete(stored.pop(next(iter(stored)))) == 204
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200
        results = client.get("/v1/search", q=f"Report {number} weighs").json()["results"]
        found = {result["citation"]["uri"] for result in results}
        assert f"report-{number}.md" in found <= {*stored, f"report-{number}.md"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_frozen_stores_do_not_freeze_the_service(tmp_path: Path) -> None:
    """Their processes are stopped by the system, which looks from outside like native code that never
    returns: the service is alive, and ends when it is asked to."""
    serve = ("-m", "tests.integration.store_server", "serve", "--port=0", f"--data={tmp_path / 'data'}")
    with in_process(*serve) as (process, url), Client(url) as client:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        assert len(children) == 2
        for child in children:
            os.kill(int(child), signal.SIGSTOP)
        assert client.get("/healthz").status_code == 200
        assert client.get("/v1/documents").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert [child for child in children if Path(f"/proc/{child}").exists()] == []
