"""Messages written out, as programs that send mail write them."""

from __future__ import annotations


def part(content_type: str, text: str, disposition: str = "") -> str:
    """A part of a message in 8-bit text."""
    extra = f"Content-Disposition: {disposition}\n" if disposition else ""
    return f"Content-Type: {content_type}\nContent-Transfer-Encoding: 8bit\n{extra}\n{text}\n"


def multipart(*parts: str, kind: str = "mixed", **headers: str) -> bytes:
    """A message of these parts from Ada, with CRLF at line ends."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = ["From: Ada <ada@example.org>", *lines, "MIME-Version: 1.0"]
    body = "".join(f"--x\n{each}" for each in parts) + "--x--\n"
    text = "\n".join([*head, f"Content-Type: multipart/{kind}; boundary=x", "", body])
    return text.replace("\n", "\r\n").encode()
