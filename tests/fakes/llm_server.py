"""A scripted LLM endpoint over loopback that speaks OpenAI's and Ollama's chat protocols, and breaks them.

Protocols: https://platform.openai.com/docs/api-reference/chat and
https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIECE = 5  # characters of a streamed piece


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the endpoint does with a request: a text by its protocol, or the bytes of ``body``.

    ``finish`` is the reason for the text's end, None where it only stops. ``wait`` are seconds before
    anything is sent, ``between`` before each piece. ``breaks_after`` pieces the connection is cut; after
    ``holds_after`` the others wait for the server's ``go_on``.
    """

    text: str = ""
    finish: str | None = "stop"
    refusal: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    wait: float = 0.0
    between: float = 0.0
    breaks_after: int | None = None
    holds_after: int | None = None


@dataclass(kw_only=True)
class Request:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """The text of all its messages."""
        return "\n".join(message["content"] for message in self.body["messages"])


Script = Callable[[Request], Reply]


@dataclass
class LlmServer:
    """A running endpoint. ``script`` may be set anew at any time; ``requests`` are those that came."""

    script: Script
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    disconnected: threading.Event = field(default_factory=threading.Event)  # a client went before the end
    closing: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)


@contextmanager
def llm_server(script: Script | Reply) -> Iterator[LlmServer]:
    """An endpoint on a free port of 127.0.0.1, while the block runs."""
    state = LlmServer(script if callable(script) else lambda _: script)

    class Handler(_Handler):
        server_state = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: LlmServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def handle(self) -> None:
        with suppress(ConnectionError):  # a client may leave between two requests
            super().handle()

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(path=self.path, headers=headers, body=json.loads(self.rfile.read(length)))
        self.server_state.requests.append(request)
        reply = self.server_state.script(request)
        try:
            self.server_state.closing.wait(reply.wait)
            self._send(request, reply)
        except ConnectionError:
            self.server_state.disconnected.set()
            self.close_connection = True

    def _send(self, request: Request, reply: Reply) -> None:
        is_ollama, is_stream = request.path == "/api/chat", request.body.get("stream", False)
        if reply.body is not None or not is_stream:
            whole = _ollama_whole(reply) if is_ollama else _openai_whole(reply)
            self._send_whole(reply, whole if reply.body is None else reply.body)
            return
        pieces = _ollama_pieces(reply) if is_ollama else _openai_pieces(reply)
        self._head(reply, {"Transfer-Encoding": "chunked"}, "text/event-stream")
        for number, piece in enumerate(pieces):
            if number == reply.breaks_after:
                self.close_connection = True
                return
            if number == reply.holds_after:
                self.server_state.go_on.wait(30)
            self.server_state.closing.wait(reply.between)
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _send_whole(self, reply: Reply, body: bytes) -> None:
        self._head(reply, {"Content-Length": str(len(body))}, "application/json")
        self.wfile.write(body)

    def _head(self, reply: Reply, headers: Mapping[str, str], content_type: str) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Type": content_type, **headers, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()


def _openai_whole(reply: Reply) -> bytes:
    message = {"role": "assistant", "content": reply.text, "refusal": reply.refusal}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    return json.dumps(
        {**_openai_head("chat.completion"), "choices": [choice], "usage": _usage(reply)}
    ).encode()


def _openai_pieces(reply: Reply) -> Iterator[bytes]:
    head = _openai_head("chat.completion.chunk")

    def chunk(delta: Mapping[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _event({**head, "choices": [choice]})

    yield chunk({"role": "assistant", "content": ""})
    for piece in _cut(reply.text):
        yield chunk({"content": piece})
    if reply.refusal:
        yield chunk({"refusal": reply.refusal})
    if reply.finish is not None:
        yield chunk({}, reply.finish)
        yield _event({**head, "choices": [], "usage": _usage(reply)})
        yield b"data: [DONE]\n\n"


def _ollama_whole(reply: Reply) -> bytes:
    done = {"done": reply.finish is not None, "done_reason": reply.finish}
    return _line({"message": {"role": "assistant", "content": reply.text}, **done, **_ollama_counts(reply)})


def _ollama_pieces(reply: Reply) -> Iterator[bytes]:
    for piece in _cut(reply.text):
        yield _line({"message": {"role": "assistant", "content": piece}, "done": False})
    if reply.finish is not None:
        end = {"done": True, "done_reason": reply.finish, **_ollama_counts(reply)}
        yield _line({"message": {"role": "assistant", "content": ""}, **end})


def _openai_head(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "scripted"}


def _usage(reply: Reply) -> dict[str, int]:
    words = len(reply.text.split())
    return {"prompt_tokens": 7, "completion_tokens": words, "total_tokens": 7 + words}


def _ollama_counts(reply: Reply) -> dict[str, int]:
    return {"prompt_eval_count": 7, "eval_count": len(reply.text.split())}


def _cut(text: str) -> Iterator[str]:
    return (text[at : at + PIECE] for at in range(0, len(text), PIECE))


def _event(data: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def _line(data: Mapping[str, Any]) -> bytes:
    return f"{json.dumps({'model': 'scripted', 'created_at': '2026-01-31T12:00:00Z', **data})}\n".encode()
