"""Documents written over HTTP: as files or texts, as jobs, with access control and clear faults."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import httpx
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from ingest.batch_writer import BATCH_DOCUMENTS
from ingest.cancellation import Cancellation, Cancelled
from ingest.prepare import Preparer
from rag.errors import StorageFull
from rag.ports.catalog import Change
from rag.ports.jobs import Upload
from tests.fakes.writable_service import WritableService, writable_service
from tests.http.live import in_thread
from tests.samples import document, passage

KEY = "a key of enough characters"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[WritableService]:
    with writable_service(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(service: WritableService) -> Iterator[TestClient]:
    with service.client() as test_client:
        yield test_client


def finished_job(client: TestClient, response: Any) -> dict[str, Any]:
    """The job of a 202, once it is over: its stream of events ends then."""
    assert response.status_code == 202, response.text
    events = client.get(f"{response.headers['location']}/events").text
    name, _, data = events.strip().split("\n\n")[-1].partition("\n")
    assert name == "event: done"
    return cast(dict[str, Any], json.loads(data.removeprefix("data: ")))


def file(name: str, content: bytes | str, media_type: str = "application/octet-stream") -> tuple[str, Any]:
    return ("files", (name, content, media_type))


def text(content: str, **more: object) -> dict[str, Any]:
    return {"documents": [{"text": content, **more}]}


def outcomes(job: dict[str, Any]) -> dict[str, str]:
    return {result["uri"]: result["outcome"] for result in job["results"]}


def test_several_files_are_one_job(service: WritableService, client: TestClient) -> None:
    """Each keeps its name and folder, all get the metadata; one that fails is named and stops no other."""
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
    job = finished_job(client, sent)
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
    stored = client.get(f"/v1/documents/{job['results'][1]['document_id']}").json()
    assert (stored["metadata"], stored["collection"]) == ({"team": "people"}, "hr")


def test_unchanged_bytes_change_nothing_and_others_replace_the_document(
    service: WritableService, client: TestClient
) -> None:
    """A document is identified by its uri."""
    jobs = [
        finished_job(client, client.post("/v1/documents", files=[file("a.txt", content)]))
        for content in ("Anna leads.", "Anna leads.", "Eve leads.")
    ]
    assert [outcomes(job)["uploads/a.txt"] for job in jobs] == ["added", "unchanged", "changed"]
    assert len({job["results"][0]["document_id"] for job in jobs}) == 1
    assert service.texts == {"uploads/a.txt": "Eve leads."}


def test_texts_are_sent_as_json(service: WritableService, client: TestClient) -> None:
    """With uri, title, media type and metadata of their own, or without."""
    body = {
        "documents": [
            {"text": "# Head\n\nIt is *so*.", "uri": "https://wiki/a.txt", "media_type": "text/markdown"},
            {"text": "<p>Tags are <b>gone</b>.</p>", "uri": "https://wiki/b", "media_type": "text/html"},
            {"text": "Plain.", "title": "Own title", "metadata": {"year": "2026"}},
        ]
    }
    job = finished_job(client, client.post("/v1/documents", json=body))
    assert service.texts["https://wiki/a.txt"] == "Head\n\nIt is so."
    assert service.texts["https://wiki/b"] == "Tags are gone."
    uri = next(uri for uri in service.texts if uri.startswith("texts/"))
    record = service.catalog.find_by_uri("default", uri)
    assert record is not None
    assert record.title == "Own title"
    assert set(outcomes(job).values()) == {"added"}
    second = finished_job(client, client.post("/v1/documents", json=body))
    assert set(outcomes(second).values()) == {"unchanged"}


def test_changed_metadata_are_a_change(service: WritableService, client: TestClient) -> None:
    """The text is the same, but filters select by the metadata."""
    for team, outcome in (("a", "added"), ("b", "changed"), ("b", "unchanged")):
        job = finished_job(
            client, client.post("/v1/documents", json=text("Same.", uri="u", metadata={"team": team}))
        )
        assert outcomes(job) == {"u": outcome}
    assert service.catalog.matching_versions("default", {"team": "a"}) == set()


def test_of_one_uri_twice_in_a_job_the_last_stays(service: WritableService, client: TestClient) -> None:
    """They are written in the order sent."""
    body = {"documents": [{"text": "First.", "uri": "u"}, {"text": "Second.", "uri": "u"}]}
    job = finished_job(client, client.post("/v1/documents", json=body))
    assert [r["outcome"] for r in job["results"]] == ["added", "changed"]
    assert service.texts == {"u": "Second."}


def test_a_synced_folder_s_document_is_not_overwritten(service: WritableService, client: TestClient) -> None:
    """The next sync would bring its old text back; the reason names the folder."""
    synced = document("From the folder.")
    service.library.write([Change(document=synced, passages=(passage(synced),), source="/srv/notes")])
    job = finished_job(client, client.post("/v1/documents", json=text("Mine.", uri=synced.uri)))
    assert outcomes(job) == {synced.uri: "failed"}
    assert "/srv/notes" in job["results"][0]["reason"]
    assert service.texts == {synced.uri: "From the folder."}


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
def test_a_file_name_cannot_be_a_path(
    service: WritableService, client: TestClient, name: str, uri: str
) -> None:
    """It can't point outside, and holds nothing unprintable."""
    finished_job(client, client.post("/v1/documents", files=[file(name, "Anna leads.")]))
    assert set(service.texts) == {uri}


def test_two_files_of_one_name_are_two_documents(service: WritableService, client: TestClient) -> None:
    """A folder tells them apart, or else a number behind the second; a later upload replaces each."""
    two = [file("2025/rules.md", "The pool opens at nine."), file("2026/rules.md", "The sauna opens at ten.")]
    job = finished_job(client, client.post("/v1/documents", files=two))
    assert outcomes(job) == {"uploads/2025/rules.md": "added", "uploads/2026/rules.md": "added"}
    bare = [file("rules.md", "The gym opens at six."), file("rules.md", "The bar opens at five.")]
    assert outcomes(finished_job(client, client.post("/v1/documents", files=bare))) == {
        "uploads/rules.md": "added",
        "uploads/rules.md (2)": "added",
    }
    again = finished_job(client, client.post("/v1/documents", files=bare))
    assert set(outcomes(again).values()) == {"unchanged"}
    newer = [file("2026/rules.md", "The sauna is closed."), file("rules.md", "The gym is closed.")]
    assert set(outcomes(finished_job(client, client.post("/v1/documents", files=newer))).values()) == {
        "changed"
    }
    assert service.texts == {
        "uploads/2025/rules.md": "The pool opens at nine.",
        "uploads/2026/rules.md": "The sauna is closed.",
        "uploads/rules.md": "The gym is closed.",
        "uploads/rules.md (2)": "The bar opens at five.",
    }


def test_two_files_of_one_name_over_a_socket(service: WritableService) -> None:
    """As ``curl -F files=@2025/rules.md -F files=@2026/rules.md`` sends them: by their bare names."""
    with (
        service.ingestion() as ingestion,
        in_thread(cast(Any, service.backend), ingestion=ingestion) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        files = [("files", ("rules.md", "# Pool rules")), ("files", ("rules.md", "# Sauna rules"))]
        accepted = client.post("/v1/documents", files=files)
        job = finished_job(cast(Any, client), accepted)
    assert job["counts"] == {"added": 2}
    assert len({result["document_id"] for result in job["results"]}) == 2
    assert sorted(service.texts.values()) == ["Pool rules", "Sauna rules"]


def test_paths_that_end_up_equal_are_two_documents(service: WritableService, client: TestClient) -> None:
    """Cleaned names may be the same; the same bytes twice are one document."""
    sent = [file("../a.md", "Anna leads."), file("a.md", "Bob leads."), file("./a.md", "Anna leads.")]
    finished_job(client, client.post("/v1/documents", files=sent))
    assert service.texts == {"uploads/a.md": "Anna leads.", "uploads/a.md (2)": "Bob leads."}


@pytest.mark.parametrize("name", ["a" * 500 + ".md", "/".join("ab" * 40) + "/c.md"])
def test_a_path_has_bounds(service: WritableService, client: TestClient, name: str) -> None:
    """Too long or too deep is refused, and nothing is taken."""
    response = client.post("/v1/documents", files=[file(name, "Anna leads."), file("b.md", "Bob leads.")])
    assert response.status_code == 422
    assert "at most" in response.text
    assert service.texts == {}


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
        ({"documents": [{"text": "x"}], "collection": "漢" * 60}, "#/collection"),
        ([], "#"),
        ("{", "#"),
    ],
)
def test_json_that_breaks_the_schema_is_a_422(
    service: WritableService, client: TestClient, body: object, pointer: str
) -> None:
    """With a pointer to the fault; nothing is queued."""
    content = body if isinstance(body, str) else json.dumps(body)
    response = client.post("/v1/documents", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 422, response.text
    assert pointer in {fault["pointer"] for fault in response.json()["errors"]}
    assert service.jobs.list() == []


@pytest.mark.parametrize(
    ("data", "files", "pointer"),
    [
        ({"collection": "hr"}, [], "#/files"),
        ({"metadata": "{"}, [file("a.txt", "A.")], "#/metadata"),
        ({"metadata": "[]"}, [file("a.txt", "A.")], "#/metadata"),
        ({"metadata": "[" * 10_000}, [file("a.txt", "A.")], "#/metadata"),
        ({"metadata": '{"a":' * 3_000}, [file("a.txt", "A.")], "#/metadata"),
        ({"metadata": "9" * 10_000}, [file("a.txt", "A.")], "#/metadata"),
        ({"collection": "漢" * 60}, [file("a.txt", "A.")], "#/collection"),
        ({"uri": "u"}, [file("a.txt", "A."), file("b.txt", "B.")], "#/uri"),
        ({"colection": "x"}, [file("a.txt", "A.")], "#/colection"),
        ({}, [("attachment", ("a.txt", "A."))], "#/attachment"),
    ],
)
def test_a_form_that_breaks_the_schema_is_a_422(
    service: WritableService, client: TestClient, data: dict[str, str], files: list[Any], pointer: str
) -> None:
    """With the field's name; a misspelt field is an error, too."""
    response = client.post("/v1/documents", data=data, files=files or {"x": ("", "")})
    assert response.status_code == 422, response.text
    assert pointer in {fault["pointer"] for fault in response.json()["errors"]}
    assert service.jobs.list() == []


def test_uploads_over_a_limit_are_refused(service: WritableService, client: TestClient) -> None:
    """Bytes of one document, bytes of an upload, number of files."""
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
    assert service.jobs.list() == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "image/png"])
def test_another_content_type_is_a_415(client: TestClient, kind: str) -> None:
    """The detail says what is accepted."""
    response = client.post("/v1/documents", content=b"x", headers={"content-type": kind})
    assert response.status_code == 415
    assert "multipart/form-data" in response.json()["detail"]


@pytest.mark.parametrize(
    ("names", "detail"),
    [
        (["photo.gif"], "photo.gif: .gif files can't be read; supported are .md"),
        (["a.md", "old/letter.doc"], "letter.doc is an old Word file: save it as .docx. Nothing was taken"),
        (["photo.gif", "a.md", "tool.exe"], "; nor can tool.exe. Nothing was taken"),
    ],
    ids=["alone", "beside another, with advice", "several"],
)
def test_a_file_of_no_supported_format_is_refused_at_once(
    client: TestClient, names: list[str], detail: str
) -> None:
    """With the reason, and each by its name; nothing of the request is queued."""
    response = client.post("/v1/documents", files=[file(name, b"Boats leave at nine.") for name in names])
    assert response.status_code == 415
    assert response.json()["type"] == "/problems/unsupported-format"
    assert detail in response.json()["detail"]
    assert client.get("/v1/jobs").json() == {"jobs": []}


def test_a_damaged_form_is_a_422(client: TestClient) -> None:
    """With another boundary, or without one."""
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data"):
        response = client.post("/v1/documents", content=b"--y\r\n", headers={"content-type": kind})
        assert response.status_code == 422, response.text
        assert response.json().get("detail") or response.json()["errors"]


def test_a_document_can_be_deleted(service: WritableService, client: TestClient) -> None:
    """It is gone with the 204; a second time it is a 404."""
    job = finished_job(client, client.post("/v1/documents", json=text("Gone soon.", uri="u")))
    path = f"/v1/documents/{job['results'][0]['document_id']}"
    assert client.delete(path).status_code == 204
    assert service.texts == {}
    assert client.get(path).status_code == 404
    assert client.delete(path).status_code == 404


def test_collections_are_created_listed_and_deleted(service: WritableService, client: TestClient) -> None:
    """Created by their first document, listed with its number of documents."""
    for name, uri in (("hr", "a"), ("hr", "b"), ("sea side", "a")):
        finished_job(
            client, client.post("/v1/documents", json={**text(f"In {name}.", uri=uri), "collection": name})
        )
    listed = client.get("/v1/collections").json()["collections"]
    assert listed == [{"name": "hr", "documents": 2}, {"name": "sea side", "documents": 1}]
    assert client.delete("/v1/collections/hr").status_code == 204
    assert service.texts == {"a": "In sea side."}
    assert client.delete("/v1/collections/hr").status_code == 404


def test_listings_are_filtered_and_paged(service: WritableService, client: TestClient) -> None:
    """By metadata and by the beginning of the uri; `next` keeps both."""
    for number in range(5):
        team = {"team": "a" if number % 2 else "b"}
        finished_job(
            client, client.post("/v1/documents", json=text(f"T {number}.", uri=f"x/{number}", metadata=team))
        )
    finished_job(client, client.post("/v1/documents", json=text("Y.", uri="y/1", metadata={"team": "b"})))
    seen: list[str] = []
    path: str | None = "/v1/documents?limit=1&under=x/&filter=team:b"
    while path:
        body = client.get(path).json()
        seen += [d["uri"] for d in body["documents"]]
        path = body["next"]
    assert sorted(seen) == ["x/0", "x/2", "x/4"]
    assert client.get("/v1/documents?filter=team").status_code == 422


def test_jobs_are_listed_newest_first(client: TestClient) -> None:
    """Without their results; a single job has them."""
    first = finished_job(client, client.post("/v1/documents", json=text("One.")))
    second = finished_job(client, client.post("/v1/documents", json=text("Two.")))
    listed = client.get("/v1/jobs").json()["jobs"]
    assert [job["id"] for job in listed] == [second["id"], first["id"]]
    assert listed[0]["results"] == []
    assert client.get(f"/v1/jobs/{first['id']}").json() == first
    for path in ("/v1/jobs/nope", "/v1/jobs/nope/events"):
        assert client.get(path).status_code == 404


def test_a_failed_job_gives_its_reason_and_the_next_runs(
    service: WritableService, client: TestClient
) -> None:
    """Internal messages stay in the log."""
    service.faults["before commit"] = StorageFull("no space left for it")
    job = finished_job(client, client.post("/v1/documents", json=text("One.")))
    assert (job["state"], job["error"]) == ("failed", "no space left for it")
    service.faults["before commit"] = RuntimeError("secret path")
    job = finished_job(client, client.post("/v1/documents", json=text("Two.")))
    assert (job["state"], "secret" in (job["error"] or "")) == ("failed", False)
    job = finished_job(client, client.post("/v1/documents", json=text("Three.")))
    assert job["state"] == "done"


def test_too_many_waiting_jobs_are_a_503(service: WritableService) -> None:
    """With Retry-After. No worker runs here, so that jobs wait."""
    app = create_app(service.backend, ingestion=service.ingestion(), local=True)
    with TestClient(app) as client:
        statuses = [client.post("/v1/documents", json=text("One.")).status_code for _ in range(4)]
        assert statuses == [202, 202, 202, 503]
        assert client.post("/v1/documents", json=text("One.")).headers["retry-after"] == "1"


def test_queued_jobs_run_after_a_restart(service: WritableService) -> None:
    """Also one of a process that ended before it ran."""
    app = create_app(service.backend, ingestion=service.ingestion(), local=True)
    with TestClient(app) as client:
        sent = client.post("/v1/documents", json=text("Left over.", uri="u"))
    with service.client() as client:
        assert finished_job(client, sent)["state"] == "done"
    assert service.texts == {"u": "Left over."}


WRITES: list[Callable[[TestClient, dict[str, str]], Any]] = [
    lambda client, headers: client.post("/v1/documents", json=text("x"), headers=headers),
    lambda client, headers: client.post("/v1/documents", files=[file("a.txt", "x")], headers=headers),
    lambda client, headers: client.delete("/v1/documents/d1", headers=headers),
    lambda client, headers: client.delete("/v1/collections/default", headers=headers),
    lambda client, headers: client.delete("/v1/jobs/j1", headers=headers),
]


@pytest.mark.parametrize("write", WRITES)
def test_write_access(service: WritableService, write: Callable[[TestClient, dict[str, str]], Any]) -> None:
    """Without a key: this machine only. With a key: whoever sends it. Pages of other sites: never."""
    key = {"authorization": f"Bearer {KEY}"}
    foreign = {"origin": "https://evil.example"}
    with service.client(local=True) as client:
        assert write(client, {}).status_code in {202, 404}
        assert write(client, foreign).status_code == 403
        assert write(client, {"origin": "null"}).status_code == 403
        for site in ("cross-site", "same-site"):
            assert write(client, {"sec-fetch-site": site}).status_code == 403
        assert write(client, {"sec-fetch-site": "none"}).status_code in {202, 404}
    with service.client(local=False) as client:
        response = write(client, {})
        assert (response.status_code, response.json()["type"]) == (403, "/problems/access-off")
        assert "SAYWHERE_API_KEY" in response.json()["detail"]
    for local in (True, False):
        with service.client(local=local, key=KEY) as client:
            for headers in ({}, {"authorization": f"Bearer {KEY}x"}, {"authorization": f"Basic {KEY}"}):
                response = write(client, headers)
                assert (response.status_code, response.json()["type"]) == (401, "/problems/key-needed")
                assert response.headers["www-authenticate"] == "Bearer"
            assert write(client, key).status_code in {202, 404}
            assert write(client, {**key, **foreign}).status_code == 403


def test_a_read_only_service_takes_no_documents(service: WritableService) -> None:
    """Nor does it list jobs."""
    with TestClient(create_app(service.backend, local=True)) as client:
        for write in WRITES:
            assert write(client, {}).status_code == 403
        assert client.get("/v1/jobs").status_code == 403


def test_a_jobs_events_follow_its_batches(service: WritableService, client: TestClient) -> None:
    """Progress grows, and the last event is the whole job."""
    body = {"documents": [{"text": f"Note {n}.", "uri": f"n/{n}"} for n in range(200)]}
    sent = client.post("/v1/documents", json=body)
    events = client.get(f"{sent.headers['location']}/events").text.strip().split("\n\n")
    jobs = [json.loads(event.partition("\ndata: ")[2]) for event in events]
    done = [job["done"] for job in jobs]
    assert done == sorted(done)
    assert done[-1] == 200
    assert jobs[-1]["counts"] == {"added": 200}


def test_an_open_stream_does_not_delay_the_shutdown(service: WritableService) -> None:
    """It ends when the service stops, though its job waits."""
    app = create_app(service.backend, ingestion=service.ingestion(), local=True)
    with TestClient(app) as client:
        sent = client.post("/v1/documents", json=text("Nobody works here."))
        with client.stream("GET", f"{sent.headers['location']}/events") as stream:
            lines = stream.iter_lines()
            assert next(lines) == "event: progress"
            assert client.portal is not None
            client.portal.call(app.state.shutdown.set)
            assert not [line for line in lines if line.startswith("event:")]


def test_a_queued_job_is_cancelled(service: WritableService) -> None:
    """At once, and never run; a second time it is a 409."""
    app = create_app(service.backend, ingestion=service.ingestion(), local=True)
    with TestClient(app) as client:
        job = client.post("/v1/documents", json=text("Never.")).json()
        cancelled = client.delete(f"/v1/jobs/{job['id']}")
        assert (cancelled.status_code, cancelled.json()["state"]) == (202, "cancelled")
        again = client.delete(f"/v1/jobs/{job['id']}")
        assert (again.status_code, again.json()["type"]) == (409, "/problems/job-over")
        assert client.delete("/v1/jobs/nope").status_code == 404
    with service.client() as client:
        finished_job(client, client.post("/v1/documents", json=text("Later.", uri="later")))
    assert service.texts == {"later": "Later."}


def test_a_running_job_is_cancelled_before_its_next_write(service: WritableService) -> None:
    """What it wrote before stays, and the next job runs."""
    reached, go_on = threading.Event(), threading.Event()
    prepare = Preparer.prepare

    def waiting(self: Preparer, data: bytes, *args: Any, **options: Any) -> Change:
        if data == b"Slow.":
            reached.set()
            assert go_on.wait(60)
        return prepare(self, data, *args, **options)

    notes = [{"text": f"Note {n}.", "uri": f"n/{n}"} for n in range(BATCH_DOCUMENTS)]
    with service.client() as client, patch.object(Preparer, "prepare", waiting):
        sent = client.post("/v1/documents", json={"documents": [*notes, {"text": "Slow.", "uri": "slow"}]})
        assert reached.wait(60)
        cancelled = client.delete(sent.headers["location"])
        assert (cancelled.status_code, cancelled.json()["state"]) == (202, "running")
        go_on.set()
        job = finished_job(client, sent)
        assert (job["state"], job["counts"]) == ("cancelled", {"added": BATCH_DOCUMENTS})
        assert finished_job(client, client.post("/v1/documents", json=text("Later.")))["state"] == "done"
    assert "slow" not in service.texts


def test_a_stopped_service_leaves_its_job_to_the_next(service: WritableService) -> None:
    """However often: only a crash counts against a document."""
    for _ in range(4):
        reached = threading.Event()

        def stopped(_: Preparer, *_args: Any, cancellation: Cancellation, **_options: Any) -> Change:
            reached.set()  # noqa: B023 (run within the loop's turn)
            assert cancellation.wait(60)
            raise Cancelled

        with patch.object(Preparer, "prepare", stopped), service.ingestion() as ingestion:
            if not ingestion.store.list():
                ingestion.submit("default", [Upload(name="a.txt", uri="a", data=b"Slow.")])
            assert reached.wait(60)
    with service.client() as client:
        [job] = client.get("/v1/jobs").json()["jobs"]
        events = client.get(f"/v1/jobs/{job['id']}/events").text
    assert '"state":"done"' in events.replace(" ", "")
    assert service.texts == {"a": "Slow."}
