"""The page of the API in a browser: drawn from the service's own document, with nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.browser import axe
from tests.fakes.engine import FakeBackend
from tests.http.live import in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Page

OPEN = '() => [...document.querySelectorAll("details.operation[open]")].map((one) => one.id)'
PHONE = {"viewport": {"width": 390, "height": 800}}
DARK = {"color_scheme": "dark"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with in_thread(FakeBackend()) as address:
        yield address


def test_every_operation_and_schema_is_shown(page: Page, url: str) -> None:
    """By method, path and title, as in /openapi.json; who may call what stands above."""
    document = httpx.get(f"{url}/openapi.json").json()
    wanted = [
        f"{method.upper()} {path} {operation['summary']}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    page.goto(f"{url}/docs")
    page.wait_for_selector("#operations details")
    shown = page.eval_on_selector_all(
        "#operations summary",
        "all => all.filter((one) => one.querySelector('.method'))"
        ".map((one) => [...one.children].map((part) => part.textContent).join(' '))",
    )
    assert sorted(shown) == sorted(wanted)
    schemas = page.locator("#schemas h3").all_text_contents()
    assert schemas == sorted(document["components"]["schemas"])
    assert page.locator("#access dt").all_text_contents() == list(document["components"]["securitySchemes"])


def test_an_operation_opens_with_its_fields_examples_and_a_call_that_works(page: Page, url: str) -> None:
    """By keyboard. The call is of this service, and its body is taken."""
    page.goto(f"{url}/docs")
    summary = page.locator("summary", has=page.get_by_role("heading", name="Ask a question"))
    summary.focus()
    page.keyboard.press("Enter")
    inside = page.locator("details[open] .inside").first
    assert "Example: short answer" in inside.inner_text()
    call = inside.locator("pre", has_text="curl").inner_text()
    assert call.startswith(f"curl -s '{url}/v1/ask'")
    body = json.loads(call.partition("-d '")[2].rpartition("'")[0])
    assert httpx.post(f"{url}/v1/ask", json=body).status_code == 200
    inside.locator("a", has_text="AskIn").first.click()
    page.wait_for_function(f"({OPEN})().includes('schema-AskIn')")
    assert "history" in page.locator("#schema-AskIn dt").all_text_contents()


@pytest.mark.parametrize("page", [{}, PHONE, DARK], indirect=True, ids=["desktop", "phone", "dark"])
def test_nothing_is_wrong_with_it_for_any_reader(page: Page, url: str) -> None:
    """No finding of axe, all operations closed or two of them open, and nothing wider than the screen."""
    page.goto(f"{url}/docs")
    page.wait_for_selector("#operations details")
    assert axe.violations(page) == []
    page.locator("summary", has_text="/v1/ask").click()
    page.locator("summary", has_text="Send documents").click()
    assert axe.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_service_that_fails_is_said(page: Page, url: str) -> None:
    """In words, in place of an empty page."""
    page.route("**/openapi.json", lambda route: route.abort())
    page.goto(f"{url}/docs")
    page.get_by_text("The service can't be reached").wait_for()
