"""The team's page: adding, finding and deleting documents, gaps, explanations, the key; by keyboard too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pydantic import SecretStr

from rag.ports.question_log import LoggedQuestion
from rag.settings import QuestionLogSettings, Settings
from tests.browser import appearance, axe
from tests.fakes.engine import CITATION, QUOTE, FakeBackend
from tests.fakes.writable_service import LIMITS, WritableService, writable_service
from tests.http.live import in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect.set_options(timeout=20_000)
KEY = "k" * 16
PARTS = ("documents", "questions", "explain", "keys", "status")
PHONE = {"viewport": {"width": 390, "height": 800}}
DARK = {"color_scheme": "dark"}
NARROW = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[WritableService]:
    with writable_service(tmp_path) as opened:
        yield opened


@contextmanager
def served(service: WritableService, tmp_path: Path, *, key: str | None = None) -> Iterator[str]:
    """The URL of the service, which logs questions."""
    service.backend.settings = Settings(
        data=tmp_path,
        limits=LIMITS,
        api_key=SecretStr(key) if key else None,
        question_log=QuestionLogSettings(enabled=True),
    )
    with (
        service.ingestion() as ingestion,
        in_thread(service.backend, ingestion=ingestion, local=True) as url,
    ):
        yield url


@pytest.fixture
def url(service: WritableService, tmp_path: Path) -> Iterator[str]:
    with served(service, tmp_path) as address:
        yield address


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[tuple[str, FakeBackend]]:
    """A service with a document and logged questions: two of one meaning, one answered and disliked."""
    settings = Settings(data=tmp_path, question_log=QuestionLogSettings(enabled=True))
    backend = FakeBackend(settings)
    place = (CITATION.document_id, CITATION.version, CITATION.start, CITATION.end)
    for number, (question, outcome) in enumerate(
        [("Who sang?", "not_confident"), ("Now who sang?", "not_confident"), ("Who asked?", "sure")]
    ):
        backend.question_log.put(
            LoggedQuestion(
                id=str(number), collection="default", question=question, outcome=outcome, confidence=0.2,
                passages=(place,), helpful=False if outcome == "sure" else None, generation=1,
            )
        )  # fmt: skip
    with in_thread(backend, local=True) as address:
        yield address, backend


def _add(page: Page, *files: tuple[str, str]) -> None:
    """Chooses files, and waits until they have been worked on."""
    payload = [{"name": name, "mimeType": "text/plain", "buffer": text.encode()} for name, text in files]
    page.locator("#files").set_input_files(payload)  # type: ignore[arg-type]
    expect(page.locator("#uploading")).to_contain_text(f"of {len(files)} sent.")


def test_files_are_added_and_found(page: Page, url: str, service: WritableService) -> None:
    """With the job's figures; the list is searched by title, and a document opens."""
    page.goto(f"{url}/admin")
    expect(page.locator("#list")).to_contain_text("There are no documents yet.")
    _add(page, ("pay.txt", "Pay\n\nPaid on Fridays."), ("leave.txt", "Leave\n\nThirty days."))
    expect(page.locator("#jobs li").first).to_contain_text("2 of 2 documents into default: done")
    expect(page.locator("#jobs li").first).to_contain_text("2 added")
    expect(page.locator("#list li")).to_have_count(2)
    page.get_by_label("Title or address contains").fill("LEAVE")
    page.keyboard.press("Enter")
    expect(page.locator("#list li")).to_have_count(1)
    expect(page.locator("#list a")).to_have_attribute("href", "/documents/" + _id(service, "leave.txt"))


def test_what_failed_says_why(page: Page, url: str, service: WritableService) -> None:
    """A file that can't be read, and one that the service refuses; neither stops the others."""
    page.goto(f"{url}/admin")
    _add(page, ("good.txt", "All is well."), ("broken.pdf", "no pdf"), ("long.txt", "x" * 5_001))
    expect(page.locator("#uploading")).to_contain_text("long.txt: The document is too large")
    expect(page.locator("#jobs")).to_contain_text("1 document failed: why")
    expect(page.locator("#jobs details li")).to_contain_text("broken.pdf")
    assert set(service.texts) == {"uploads/good.txt"}


def test_a_dropped_folder_keeps_its_paths(page: Page, url: str, service: WritableService) -> None:
    """Each file under its folders, hidden ones left out, into the collection that is named."""
    page.goto(f"{url}/admin")
    page.get_by_label("Into the collection").fill("hr")
    page.evaluate(
        """() => {
          const file = (name, text) => ({
            isFile: true, name, file: (done) => done(new File([text], name, { type: "text/plain" })),
          });
          const folder = (name, inside) => ({
            isFile: false, name,
            createReader: () => ({ readEntries: (done) => done(inside.splice(0, 1)) }),
          });
          const tree = folder("rules", [
            file("a.txt", "A."), folder("old", [file("b.txt", "B."), file(".hidden", "H.")]),
          ]);
          const event = new Event("drop", { cancelable: true });
          event.dataTransfer = { items: [{ webkitGetAsEntry: () => tree }], files: [] };
          document.getElementById("drop").dispatchEvent(event);
        }"""
    )
    expect(page.locator("#uploading")).to_contain_text("2 files of 2 sent.")
    assert set(service.texts) == {"uploads/rules/a.txt", "uploads/rules/old/b.txt"}
    assert service.catalog.collections() == {"hr"}


def test_a_document_is_replaced_and_deleted(page: Page, url: str, service: WritableService) -> None:
    """Replaced it keeps its address; deleting asks first, and Escape keeps it."""
    page.goto(f"{url}/admin")
    _add(page, ("pay.txt", "Paid on Fridays."))
    page.get_by_role("button", name="Replace").click()
    page.locator("#replacement").set_input_files(
        {"name": "other.txt", "mimeType": "text/plain", "buffer": b"Paid on Mondays."}
    )
    expect(page.locator("#jobs li").first).to_contain_text("1 changed")
    assert service.texts == {"uploads/pay.txt": "Paid on Mondays."}
    page.get_by_role("button", name="Delete", exact=False).first.click()
    page.keyboard.press("Escape")
    expect(page.locator("#list li a")).to_have_count(1)
    page.locator("#list").get_by_role("button", name="Delete").click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#notice")).to_contain_text("is deleted.")
    assert service.texts == {}


def test_a_collection_is_deleted(page: Page, url: str, service: WritableService) -> None:
    """Only the one that is chosen."""
    page.goto(f"{url}/admin")
    _add(page, ("a.txt", "A."))
    page.get_by_label("Into the collection").fill("hr")
    _add(page, ("b.txt", "B."))
    page.locator("#search").get_by_label("Collection").select_option("hr")
    page.get_by_role("button", name="Delete this collection").click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#notice")).to_contain_text("“hr” is deleted.")
    assert set(service.texts) == {"uploads/a.txt"}


def test_the_key_is_asked_for_and_leaks_nowhere(page: Page, service: WritableService, tmp_path: Path) -> None:
    """A wrong one is refused; the right one is in this tab's storage and in a header, in no address."""
    addresses: list[str] = []
    page.on("request", lambda sent: addresses.append(sent.url))
    with served(service, tmp_path, key=KEY) as url:
        page.goto(f"{url}/admin#status")
        for key in ("wrong" * 4, KEY):
            page.get_by_label("API key").fill(key)
            page.keyboard.press("Enter")
            if key != KEY:
                expect(page.locator("#notice")).to_contain_text("doesn't accept this key")
        expect(page.locator("#state")).to_contain_text("Answers questions")
        assert page.evaluate("() => Object.keys(localStorage).length + document.cookie.length") == 0
        assert not [address for address in [*addresses, page.url] if KEY in address]
        page.reload()
        expect(page.locator("#state")).to_contain_text("Answers questions")
        page.get_by_role("button", name="Forget the key").click()
        expect(page.get_by_label("API key")).to_be_visible()
        assert page.evaluate("() => sessionStorage.length") == 0


def test_a_service_that_others_reach_without_a_key_says_so(page: Page, backend: FakeBackend) -> None:
    """Nothing is shown but the reason."""
    with in_thread(backend) as url:
        page.goto(f"{url}/admin")
        expect(page.locator("#notice")).to_contain_text("SAYWHERE_API_KEY")
        expect(page.locator("#documents")).to_be_hidden()


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


def test_gaps_have_their_trend_passages_and_a_case(
    page: Page, asked: tuple[str, FakeBackend], tmp_path: Path
) -> None:
    """One click makes one an evaluation case; below, what was asked most and disliked."""
    url, _backend = asked
    page.goto(f"{url}/admin#questions")
    gap = page.locator("#gaps > li")
    expect(gap).to_have_count(1)
    expect(gap).to_contain_text("2 times, 2 in the last week, 0 in the one before")
    gap.get_by_text("Closest passages").click()
    expect(gap.locator("blockquote")).to_contain_text(QUOTE)
    gap.get_by_label("Right answer, if there is one").fill("Ada")
    gap.get_by_role("button", name="Make it an eval case").click()
    expect(gap.get_by_role("status")).to_contain_text("added, in cases.jsonl")
    [row] = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text("utf-8").splitlines()]
    assert row["answers"] == ["Ada"]
    expect(page.locator("#usage")).to_contain_text("Most disliked")
    expect(page.locator("#usage")).to_contain_text("Who asked?")
    page.get_by_label("Show").select_option("answered since")
    expect(page.locator("#gaps")).to_contain_text("No gap was closed yet.")


def test_where_questions_are_not_logged_it_says_how(page: Page, backend: FakeBackend) -> None:
    """By the setting's name."""
    with in_thread(backend, local=True) as url:
        page.goto(f"{url}/admin#questions")
        expect(page.locator("#log-off")).to_contain_text("SAYWHERE_QUESTION_LOG__ENABLED=true")
        expect(page.locator("#log-on")).to_be_hidden()


def test_a_lost_passage_is_explained(page: Page, asked: tuple[str, FakeBackend]) -> None:
    """The stage in words, each stage that it passed, and how the answer came about."""
    page.goto(f"{asked[0]}/admin#explain")
    form = page.locator("#explain-form")
    form.get_by_label("Question").fill("Who asked?")
    form.get_by_label("Expected").fill("The moon is made of cheese.")
    page.get_by_role("button", name="Explain").click()
    expect(page.locator(".lost")).to_contain_text("Lost at ingest")
    expect(page.locator("#explanation")).to_contain_text("Found 3 passages")


def test_scopes_of_a_key_stand_beside_their_boxes(page: Page, url: str) -> None:
    """Each on a line of its own, with a box of the text's size."""
    page.goto(f"{url}/admin#keys")
    boxes = page.get_by_role("checkbox")
    expect(boxes.first).to_be_visible()
    for box in boxes.all():
        place = box.bounding_box()
        assert place is not None
        assert place["height"] < 24
        line = box.locator("..").bounding_box()
        assert line is not None
        assert line["height"] < 32
        assert place["x"] - line["x"] < 4


def test_it_works_by_keyboard(page: Page, asked: tuple[str, FakeBackend]) -> None:
    """A link of the navigation moves the focus to the part's heading, and what has the focus shows it."""
    page.goto(f"{asked[0]}/admin")
    expect(page.locator("#list a")).to_have_count(1)
    page.get_by_role("link", name="Status").focus()
    assert appearance.outline_width(page) >= 2
    page.keyboard.press("Enter")
    expect(page.locator("#heading")).to_have_text("Status")
    expect(page.locator("#heading")).to_be_focused()
    expect(page.get_by_role("link", name="Status")).to_have_attribute("aria-current", "page")
    expect(page.locator("#state")).to_contain_text("terms: ready")
    assert page.title() == "Status – Saywhere"


@pytest.mark.parametrize(
    "page", [{}, PHONE, DARK, NARROW], indirect=True, ids=["desk", "phone", "dark", "narrow"]
)
def test_every_part_is_accessible(page: Page, asked: tuple[str, FakeBackend]) -> None:
    """axe finds nothing, every text has contrast, and nothing is wider than the window."""
    for part in PARTS:
        page.goto(f"{asked[0]}/admin#{part}")
        page.reload()
        expect(page.locator(f"#{part}")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert axe.violations(page) == []
        assert appearance.low_contrast(page) == []
        assert appearance.overflow(page) == 0


def _id(service: WritableService, name: str) -> str:
    return next(record.id for record in service.catalog.list() if record.uri.endswith(name))
