"""Random mutations of bytes, of ZIP members and of JSON values."""

from __future__ import annotations

import io
import json
import zipfile
from random import Random
from typing import Any

MAX_BYTES = 200_000  # of a mutated input: many small ones find more in a minute than few large ones
TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf0\x9f\x99\x82", b"\r", b"\n\n", b"---\n",
    b"```\n", b"<", b"</p>", b"<table><tr><td>", b"<!--", b"<![CDATA[", b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;", b"&#x0;", b"&#55296;", b"{", b"}", b"[", b"]", b'"', b"\\u0000", b"\\ud800", b",", b";", b"\t",
    b"|", b"%", b"(", b")", b"obj", b"endstream", b"/Kids", b"xref", b"{\\rtf1", b"\\'", b"\\bin9999999 ",
    b"-->", b"00:00:00.000 --> ", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n", b"=?utf-8?b?",
    b"* ", b"1. ", b"# ", b"====\n", b"!!python", b"&a [*a, *a]", b"1e999", b"-0", b"NaN", b"9" * 400,
    b"\xe2\x80\xae", b"\xcc\x81" * 50, b"A" * 3_000,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 2**53, 10**30, "", " ", "\0", "\ud800", "🙂", "e\u0301" * 40,
    "\u202e", "x" * 5_000, "../../etc/passwd", "<script>", "default", "?" * 900, [], {}, [[]], {"": ""},
    [None], "1", "null",
)  # fmt: skip


def mutated(data: bytes, random: Random) -> bytes:
    """The bytes after one to eight random changes."""
    for _ in range(random.choice([1, 1, 2, 3, 5, 8])):
        data = _changed(data, random)[:MAX_BYTES]
    return data


def mutated_archive(data: bytes, random: Random) -> bytes:
    """A ZIP file with one member mutated, so that its checksums hold; sometimes a mutation of its bytes."""
    if random.random() < 0.25:
        return mutated(data, random)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    name = random.choice(sorted(members))
    match random.randrange(8):
        case 0:
            del members[name]
        case 1:
            members[random.choice(["../x", "x" * 300, "a/" * 100 + "b", "é\\..\\x"])] = members.pop(name)
        case _:
            members[name] = mutated(members[name], random)
    out = io.BytesIO()
    method = random.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
    with zipfile.ZipFile(out, "w", method) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return out.getvalue()


def mutated_json(value: Any, random: Random) -> bytes:
    """A JSON text of the value after one to three changes of its parts; sometimes with its bytes mutated."""
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        value = _changed_value(value, random)
    text = json.dumps(value).encode()
    return mutated(text, random) if random.random() < 0.1 else text


def _changed(data: bytes, random: Random) -> bytes:
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.choice([1, 2, 4, 16, 64, 512]))
    match random.randrange(8):
        case 0 if data:
            at = random.randrange(len(data))
            return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]
        case 1:
            return data[:start] + data[end:]
        case 2:
            return data[:end] + data[start:end] * random.choice([1, 1, 2, 30, 400]) + data[end:]
        case 3:
            return data[:start]
        case 4:
            return data[:start] + random.randbytes(end - start) + data[end:]
        case 5:
            to = random.randrange(len(data) + 1)
            return data[:to] + data[start:end] + data[to:]
        case 6:
            return data[:start] + random.choice(TOKENS) * random.choice([1, 1, 1, 3, 200]) + data[start:]
        case _:
            return data[:start] + random.choice(TOKENS) + data[end:]


def _changed_value(value: Any, random: Random) -> Any:
    """The value with one part replaced, removed, added, nested or repeated."""
    if isinstance(value, dict) and value and random.random() < 0.7:
        key = random.choice(sorted(value))
        match random.randrange(6):
            case 0:
                return {name: part for name, part in value.items() if name != key}
            case 1:
                return {**value, random.choice(["x", "", "\0", "k" * 2_000, "id"]): random.choice(VALUES)}
            case _:
                return {**value, key: _changed_value(value[key], random)}
    if isinstance(value, list) and value and random.random() < 0.7:
        at = random.randrange(len(value))
        if random.random() < 0.2:
            return value * _repeats(value, random.choice([2, 30, 2_000]))
        return [*value[:at], _changed_value(value[at], random), *value[at + 1 :]]
    if isinstance(value, str) and random.random() < 0.7:
        return random.choice([each for each in VALUES if isinstance(each, str)])
    match random.randrange(6):
        case 0:
            return [value] * _repeats(value, random.choice([1, 40]))
        case 1:
            for _ in range(random.choice([1, 20, 300])):
                value = [value] if random.random() < 0.5 else {"a": value}
            return value
        case _:
            return random.choice(VALUES)


def _repeats(value: Any, wanted: int) -> int:
    """As often as wanted, or as ``MAX_BYTES`` allow."""
    return max(1, min(wanted, MAX_BYTES // len(json.dumps(value))))
