"""The widget in a test: asking it, finding its parts, and pages of other sites to put it on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

CHAT = "saywhere-chat"
DONE = f"{CHAT} .actions"
ENDED = ":is(.actions, .canned)"  # what a turn has at its end


def ask(page: Page, question: str, *, within: str = CHAT) -> None:
    """Types a question, sends it by Enter, and waits until it is answered, abstained from or replied to."""
    send(page, question, within=within)
    page.locator(f"{within} .turn:last-child {ENDED}").wait_for()


def send(page: Page, question: str, *, within: str = CHAT) -> None:
    """Types a question and sends it."""
    page.locator(f"{within} .field").fill(question)
    page.locator(f"{within} .field").press("Enter")


def card(page: Page) -> Locator:
    """The open citation card."""
    return page.locator(f"{CHAT} .card:popover-open")


def announced(page: Page) -> list[str]:
    """The sentences of the live region, which a screen reader reads aloud."""
    return page.locator(f"{CHAT} [aria-live] p").all_text_contents()


@contextmanager
def site(pages: dict[str, str], headers: dict[str, str] | None = None) -> Iterator[str]:
    """The URL of another site, with pages by path, each with these headers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path.partition("?")[0])
            self.send_response(200 if body is not None else 404)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def page_with(url: str, chat: str = "<saywhere-chat></saywhere-chat>", more: str = "") -> str:
    """A page of another site with the service's script."""
    return f"""<!doctype html><html lang="en"><head><title>Intranet</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script type="module" src="{url}/widget.js"></script>{more}</head>
<body><main><h1>Intranet</h1><p>Words of the page.</p>{chat}<p>More of them.</p></main></body></html>"""
