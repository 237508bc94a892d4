"""Documents over HTTP: sent as files or texts, as jobs, by those who may; bad ones refused in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from ingest.jobs import Ingestion
from ingest.prepare import Preparer
from ingest.split import PassageSplitter
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.errors import StorageFull
from rag.ports.catalog import Change
from rag.settings import LimitSettings, Settings
from rag.storage.library import Library
from tests.fakes.engine import FakeBackend
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import Interrupted, MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex
from tests.samples import document, passage

KEY = "a key of enough characters"
LIMITS = LimitSettings(body_bytes=2_000, document_bytes=5_000, upload_bytes=20_000, upload_files=5)


@dataclass
class House:
    """A service that takes documents: real library and jobs, indexes in memory, a scripted engine."""

    backend: FakeBackend
    catalog: MemoryCatalog
    library: Library
    jobs: SqliteJobs
    faults: dict[str, Exception]

    def ingestion(self) -> Ingestion:
        preparer = Preparer(splitter=PassageSplitter())
        return Ingestion(self.library, self.catalog, self.jobs, preparer, max_queued=3)

    @contextmanager
    def client(self, *, local: bool = True, key: str | None = None) -> Iterator[TestClient]:
        self.backend.settings = Settings(limits=LIMITS, api_key=key)
        with self.ingestion() as ingestion:
            app = create_app(self.backend, ingestion=ingestion, local=local)
            with TestClient(app) as client:
                yield client

    @property
    def texts(self) -> dict[str, str]:
        return {r.uri: self.catalog.document(r.id).text for r in self.catalog.list()}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    faults: dict[str, Exception] = {}

    def hook(step: str) -> None:
        if step in faults:
            raise faults.pop(step)

    catalog = MemoryCatalog()
    parts = MemoryDenseIndex(), MemoryLexicalIndex()
    interrupted = cast(Any, Interrupted(catalog, hook))
    library = Library(interrupted, *parts, BagEmbedder())
    backend = FakeBackend(Settings(limits=LIMITS))
    backend.catalog = cast(Any, catalog)
    jobs = SqliteJobs(tmp_path / "jobs.sqlite3")
    yield House(backend, catalog, library, jobs, faults)
    jobs.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with house.client() as opened:
        yield opened


def ended(client: TestClient, response: Any) -> dict[str, Any]:
    """The job of a 202, once it is over: its events end then."""
    assert response.status_code == 202, response.text
    events = client.get(f"{response.headers['location']}/events").text
    name, _, data = events.strip().split("\n\n")[-1].partition("\n")
    assert name == "event: done"
    return cast(dict[str, Any], json.loads(data.removeprefix("data: ")))


def file(name: str, content: bytes | str, kind: str = "application/octet-stream") -> tuple[str, Any]:
    return ("files", (name, content, kind))


def text(content: str, **more: object) -> dict[str, Any]:
    return {"documents": [{"text": content, **more}]}


def outcomes(job: dict[str, Any]) -> dict[str, str]:
    return {result["uri"]: result["outcome"] for result in job["results"]}


def test_several_files_are_taken_in_as_one_job(house: House, client: TestClient) -> None:
    """Each by its name and folder, with metadata for all; the bad one is told and stops no other."""
    sent = client.post(
        "/v1/documents",
        files=[
            file("a.md", "# A\n\nAnna leads."),
            file("deep/b.txt", "Bob left."),
            file("c.txt", b"\0\1" * 99),
        ],
        data={"collection": "hr", "metadata": '{"team": "people"}'},
    )
    assert (sent.json()["state"], sent.json()["total"]) in {("queued", 3), ("running", 3), ("done", 3)}
    job = ended(client, sent)
    assert job["state"] == "done"
    assert job["counts"] == {"added": 2, "failed": 1}
    assert outcomes(job) == {
        "uploads/a.md": "added",
        "uploads/deep/b.txt": "added",
        "uploads/c.txt": "failed",
    }
    assert "binary" in next(r["reason"] for r in job["results"] if r["outcome"] == "failed")
    listed = client.get("/v1/documents", params={"collection": "hr", "filter": "team:people"}).json()
    assert {d["uri"] for d in listed["documents"]} == {"uploads/a.md", "uploads/deep/b.txt"}
    found = client.get(f"/v1/documents/{job['results'][1]['document_id']}").json()
    assert (found["metadata"], found["collection"]) == ({"team": "people"}, "hr")


def test_the_same_again_changes_nothing_and_another_replaces(house: House, client: TestClient) -> None:
    """A document's uri is who it is."""
    jobs = [
        ended(client, client.post("/v1/documents", files=[file("a.txt", content)]))
        for content in ("Anna leads.", "Anna leads.", "Eve leads.")
    ]
    assert [outcomes(job)["uploads/a.txt"] for job in jobs] == ["added", "unchanged", "changed"]
    assert len({job["results"][0]["document_id"] for job in jobs}) == 1
    assert house.texts == {"uploads/a.txt": "Eve leads."}


def test_texts_are_taken_in_as_json(house: House, client: TestClient) -> None:
    """With uri, title, media type and metadata of their own, or without."""
    body = {
        "documents": [
            {"text": "# Head\n\nIt is *so*.", "uri": "https://wiki/a.txt", "media_type": "text/markdown"},
            {"text": "<p>Tags are <b>gone</b>.</p>", "uri": "https://wiki/b", "media_type": "text/html"},
            {"text": "Plain.", "title": "Own title", "metadata": {"year": "2026"}},
        ]
    }
    job = ended(client, client.post("/v1/documents", json=body))
    assert house.texts["https://wiki/a.txt"] == "Head\n\nIt is so."
    assert house.texts["https://wiki/b"] == "Tags are gone."
    uri = next(uri for uri in house.texts if uri.startswith("texts/"))
    record = house.catalog.find_by_uri("default", uri)
    assert record is not None
    assert record.title == "Own title"
    assert set(outcomes(job).values()) == {"added"}
    again = ended(client, client.post("/v1/documents", json=body))
    assert set(outcomes(again).values()) == {"unchanged"}


def test_other_metadata_are_a_change(house: House, client: TestClient) -> None:
    """The text is the same, what filters see isn't."""
    for team, outcome in (("a", "added"), ("b", "changed"), ("b", "unchanged")):
        job = ended(
            client, client.post("/v1/documents", json=text("Same.", uri="u", metadata={"team": team}))
        )
        assert outcomes(job) == {"u": outcome}
    assert house.catalog.matching_versions("default", {"team": "a"}) == set()


def test_one_uri_twice_in_a_job_leaves_the_last(house: House, client: TestClient) -> None:
    """In the order sent, each is a version."""
    body = {"documents": [{"text": "First.", "uri": "u"}, {"text": "Second.", "uri": "u"}]}
    job = ended(client, client.post("/v1/documents", json=body))
    assert [r["outcome"] for r in job["results"]] == ["added", "changed"]
    assert house.texts == {"u": "Second."}


def test_a_synced_folder_s_document_is_not_overwritten(house: House, client: TestClient) -> None:
    """Its file would bring the old text back with the next sync: the reason says where it is."""
    made = document("From the folder.")
    house.library.write([Change(document=made, passages=(passage(made),), source="/srv/notes")])
    job = ended(client, client.post("/v1/documents", json=text("Mine.", uri=made.uri)))
    assert outcomes(job) == {made.uri: "failed"}
    assert "/srv/notes" in job["results"][0]["reason"]
    assert house.texts == {made.uri: "From the folder."}


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("../../etc/passwd.txt", "uploads/etc/passwd.txt"),
        ("/abs/a.txt", "uploads/abs/a.txt"),
        ("C:\\docs\\a.txt", "uploads/a.txt"),
        ("a\u200bb.txt", "uploads/ab.txt"),
        ("..", "uploads/unnamed"),
    ],
)
def test_a_file_s_name_is_only_a_name(house: House, client: TestClient, name: str, uri: str) -> None:
    """It leads nowhere on this machine, and holds nothing unprintable."""
    ended(client, client.post("/v1/documents", files=[file(name, "Anna leads.")]))
    assert set(house.texts) == {uri}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"documents": []}, "#/documents"),
        ({"documents": [{"text": ""}]}, "#/documents/0/text"),
        ({"documents": [{"txt": "x"}]}, "#/documents/0/text"),
        ({"documents": [{"text": "x", "media_type": "image/png"}]}, "#/documents/0/media_type"),
        ({"documents": [{"text": "x", "metadata": {"a": 1}}]}, "#/documents/0/metadata/a"),
        ({"documents": [{"text": "x", "uri": "a\nb"}]}, "#/documents/0/uri"),
        ({"documents": [{"text": "x"}], "collection": ""}, "#/collection"),
        ({"documents": [{"text": "x"}], "collection": "a/b"}, "#/collection"),
        ([], "#"),
        ("{", "#"),
    ],
)
def test_json_that_does_not_fit_is_a_422_with_its_place(
    house: House, client: TestClient, body: object, pointer: str
) -> None:
    """Nothing of it is queued."""
    content = body if isinstance(body, str) else json.dumps(body)
    response = client.post("/v1/documents", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 422, response.text
    assert pointer in {fault["pointer"] for fault in response.json()["errors"]}
    assert house.jobs.list() == []


@pytest.mark.parametrize(
    ("data", "files", "pointer"),
    [
        ({"collection": "hr"}, [], "#/files"),
        ({"metadata": "{"}, [file("a.txt", "A.")], "#/metadata"),
        ({"metadata": "[]"}, [file("a.txt", "A.")], "#/metadata"),
        ({"uri": "u"}, [file("a.txt", "A."), file("b.txt", "B.")], "#/uri"),
        ({"colection": "x"}, [file("a.txt", "A.")], "#/colection"),
        ({}, [("attachment", ("a.txt", "A."))], "#/attachment"),
    ],
)
def test_a_form_that_does_not_fit_is_a_422_with_its_field(
    house: House, client: TestClient, data: dict[str, str], files: list[Any], pointer: str
) -> None:
    """A misspelt field is an error, not a default."""
    response = client.post("/v1/documents", data=data, files=files or {"x": ("", "")})
    assert response.status_code == 422, response.text
    assert pointer in {fault["pointer"] for fault in response.json()["errors"]}
    assert house.jobs.list() == []


def test_what_is_too_large_is_refused(house: House, client: TestClient) -> None:
    """A document by its own limit, an upload by its own, too many files by their number."""
    big = client.post("/v1/documents", files=[file("a.txt", "x" * 5_001)])
    assert (big.status_code, big.json()["type"]) == (413, "/problems/document-too-large")
    assert "5,001 bytes; the limit is 5,000" in big.json()["detail"]
    assert client.post("/v1/documents", json=text("x" * 5_001)).status_code == 413
    whole = client.post("/v1/documents", files=[file(f"{n}.txt", "x" * 4_900) for n in range(5)])
    assert (whole.status_code, whole.json()["type"]) == (413, "/problems/body-too-large")
    many = client.post("/v1/documents", files=[file(f"{n}.txt", "x") for n in range(6)])
    assert many.status_code == 422
    assert "Too many files" in many.json()["detail"]
    assert client.post("/v1/ask", json={"question": "x" * 2_000}).status_code == 413
    assert house.jobs.list() == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "image/png"])
def test_another_content_type_is_a_415(client: TestClient, kind: str) -> None:
    """The detail says what is taken."""
    response = client.post("/v1/documents", content=b"x", headers={"content-type": kind})
    assert response.status_code == 415
    assert "multipart/form-data" in response.json()["detail"]


def test_a_damaged_form_is_a_422(client: TestClient) -> None:
    """Bytes that are no form of this boundary; a form without one."""
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data"):
        response = client.post("/v1/documents", content=b"--y\r\n", headers={"content-type": kind})
        assert response.status_code == 422, response.text
        assert response.json().get("detail") or response.json()["errors"]


def test_a_document_can_be_removed(house: House, client: TestClient) -> None:
    """It is gone when the 204 comes; a second time it is a 404."""
    job = ended(client, client.post("/v1/documents", json=text("Gone soon.", uri="u")))
    path = f"/v1/documents/{job['results'][0]['document_id']}"
    assert client.delete(path).status_code == 204
    assert house.texts == {}
    assert client.get(path).status_code == 404
    assert client.delete(path).status_code == 404


def test_collections_come_and_go(house: House, client: TestClient) -> None:
    """Made by their first document, listed with their size, removed whole."""
    for name, uri in (("hr", "a"), ("hr", "b"), ("sea side", "a")):
        ended(client, client.post("/v1/documents", json={**text(f"In {name}.", uri=uri), "collection": name}))
    listed = client.get("/v1/collections").json()["collections"]
    assert listed == [{"name": "hr", "documents": 2}, {"name": "sea side", "documents": 1}]
    assert client.delete("/v1/collections/hr").status_code == 204
    assert house.texts == {"a": "In sea side."}
    assert client.delete("/v1/collections/hr").status_code == 404


def test_listings_are_filtered_and_paged(house: House, client: TestClient) -> None:
    """By metadata and by the beginning of the uri; `next` keeps both."""
    for number in range(5):
        team = {"team": "a" if number % 2 else "b"}
        ended(
            client, client.post("/v1/documents", json=text(f"T {number}.", uri=f"x/{number}", metadata=team))
        )
    ended(client, client.post("/v1/documents", json=text("Y.", uri="y/1", metadata={"team": "b"})))
    seen: list[str] = []
    path: str | None = "/v1/documents?limit=1&under=x/&filter=team:b"
    while path:
        body = client.get(path).json()
        seen += [d["uri"] for d in body["documents"]]
        path = body["next"]
    assert sorted(seen) == ["x/0", "x/2", "x/4"]
    assert client.get("/v1/documents?filter=team").status_code == 422


def test_jobs_are_listed_newest_first(client: TestClient) -> None:
    """Without their results; one by its id has them."""
    first = ended(client, client.post("/v1/documents", json=text("One.")))
    second = ended(client, client.post("/v1/documents", json=text("Two.")))
    listed = client.get("/v1/jobs").json()["jobs"]
    assert [job["id"] for job in listed] == [second["id"], first["id"]]
    assert listed[0]["results"] == []
    assert client.get(f"/v1/jobs/{first['id']}").json() == first
    for path in ("/v1/jobs/nope", "/v1/jobs/nope/events"):
        assert client.get(path).status_code == 404


def test_a_job_that_fails_says_why_and_the_next_has_its_turn(house: House, client: TestClient) -> None:
    """What was written before stands."""
    house.faults["before commit"] = StorageFull("no space left for it")
    job = ended(client, client.post("/v1/documents", json=text("One.")))
    assert (job["state"], job["error"]) == ("failed", "no space left for it")
    house.faults["before commit"] = RuntimeError("secret path")
    job = ended(client, client.post("/v1/documents", json=text("Two.")))
    assert (job["state"], "secret" in (job["error"] or "")) == ("failed", False)
    job = ended(client, client.post("/v1/documents", json=text("Three.")))
    assert job["state"] == "done"


def test_too_many_waiting_jobs_are_a_503(house: House) -> None:
    """With word of when to come again; nobody works here, so that they wait."""
    app = create_app(house.backend, ingestion=house.ingestion(), local=True)
    with TestClient(app) as client:
        statuses = [client.post("/v1/documents", json=text("One.")).status_code for _ in range(4)]
        assert statuses == [202, 202, 202, 503]
        assert client.post("/v1/documents", json=text("One.")).headers["retry-after"] == "1"


def test_what_waits_is_taken_up_after_a_restart(house: House) -> None:
    """A job queued by a process that ended before it was done."""
    app = create_app(house.backend, ingestion=house.ingestion(), local=True)
    with TestClient(app) as client:
        sent = client.post("/v1/documents", json=text("Left over.", uri="u"))
    with house.client() as client:
        assert ended(client, sent)["state"] == "done"
    assert house.texts == {"u": "Left over."}


WRITES: list[Callable[[TestClient, dict[str, str]], Any]] = [
    lambda client, headers: client.post("/v1/documents", json=text("x"), headers=headers),
    lambda client, headers: client.post("/v1/documents", files=[file("a.txt", "x")], headers=headers),
    lambda client, headers: client.delete("/v1/documents/d1", headers=headers),
    lambda client, headers: client.delete("/v1/collections/default", headers=headers),
]


@pytest.mark.parametrize("write", WRITES)
def test_who_may_write(house: House, write: Callable[[TestClient, dict[str, str]], Any]) -> None:
    """On this machine alone: all. With a key: who sends it. Else nobody; other sites' pages never."""
    key = {"authorization": f"Bearer {KEY}"}
    foreign = {"origin": "https://evil.example"}
    with house.client(local=True) as client:
        assert write(client, {}).status_code in {202, 404}
        assert write(client, foreign).status_code == 403
        assert write(client, {"origin": "null"}).status_code == 403
    with house.client(local=False) as client:
        refused = write(client, {})
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/writing-off")
        assert "SAYWHERE_API_KEY" in refused.json()["detail"]
    for local in (True, False):
        with house.client(local=local, key=KEY) as client:
            for headers in ({}, {"authorization": f"Bearer {KEY}x"}, {"authorization": f"Basic {KEY}"}):
                refused = write(client, headers)
                assert (refused.status_code, refused.json()["type"]) == (401, "/problems/key-needed")
                assert refused.headers["www-authenticate"] == "Bearer"
            assert write(client, key).status_code in {202, 404}
            assert write(client, {**key, **foreign}).status_code == 403


def test_a_service_that_only_reads_takes_nothing(house: House) -> None:
    """Neither documents nor questions about jobs."""
    with TestClient(create_app(house.backend, local=True)) as client:
        for write in WRITES:
            assert write(client, {}).status_code == 403
        assert client.get("/v1/jobs").status_code == 403


def test_events_tell_each_batch(house: House, client: TestClient) -> None:
    """Many documents: progress grows, and the last event is the whole job."""
    body = {"documents": [{"text": f"Note {n}.", "uri": f"n/{n}"} for n in range(200)]}
    sent = client.post("/v1/documents", json=body)
    events = client.get(f"{sent.headers['location']}/events").text.strip().split("\n\n")
    jobs = [json.loads(event.partition("\ndata: ")[2]) for event in events]
    done = [job["done"] for job in jobs]
    assert done == sorted(done)
    assert done[-1] == 200
    assert jobs[-1]["counts"] == {"added": 200}


def test_a_listener_does_not_hold_up_the_end(house: House) -> None:
    """Its stream ends when the service stops, though its job waits."""
    app = create_app(house.backend, ingestion=house.ingestion(), local=True)
    with TestClient(app) as client:
        sent = client.post("/v1/documents", json=text("Nobody works here."))
        with client.stream("GET", f"{sent.headers['location']}/events") as stream:
            lines = stream.iter_lines()
            assert next(lines) == "event: progress"
            assert client.portal is not None
            client.portal.call(app.state.shutdown.set)
            assert not [line for line in lines if line.startswith("event:")]
