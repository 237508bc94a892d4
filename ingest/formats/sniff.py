"""What a file without a known extension holds: text and of which kind, or nothing that can be read."""

from __future__ import annotations

import re

from ingest.formats.text.decode import is_text

HEAD_BYTES = 8_192  # that tell

# Extensions of files that hold no words for people, whatever their first bytes look like.
_NOT_READ = frozenset(
    ".gif .bmp .ico .icns .heic .avif .psd .ai .eps .svg"
    " .svgz .dwg .dxf .stl .obj"
    " .mp3 .mp4 .m4a .m4v .wav .ogg .flac .aac .mov .avi .mkv .webm .wmv .mid"
    " .tar .gz .tgz .bz2 .xz .7z .rar .zst .jar .war .whl .deb .rpm .dmg .iso .apk"
    " .exe .dll .so .dylib .a .o .lib .bin .class .pyc .pyo .wasm .node"
    " .ttf .otf .woff .woff2 .eot .db .sqlite .sqlite3 .mdb .parquet .feather .arrow .npy"
    " .npz .pkl .pickle .h5"
    " .pt .pth .onnx .safetensors .gguf .pem .crt .cer .der .p12 .pfx .jks .gpg .pgp .sig .p7s .p7m .pub"
    " .lock .map .snap .tmp .bak .swp .part .crdownload .torrent .ds_store .vsdx .mpp .one .dat".split()
)
_XML = re.compile(rb"\s*<\?xml\b")
_HTML = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?(?:<!doctype html|<html\b)", re.IGNORECASE | re.S)
_MAILBOX = re.compile(rb"From \S+ .{0,60}\d{4}\r?\n[A-Za-z-]+:", re.S)
_CALENDAR = re.compile(rb"\s*BEGIN:VCALENDAR", re.IGNORECASE)
_SCRIPT = re.compile(rb"#![ \t]*/")
_POSTSCRIPT = re.compile(rb"%!PS|%PDF")


def sniff(extension: str, head: bytes) -> str | None:
    """The media type of a file of unknown extension by its first bytes; None: it can't be read.

    Args:
        extension: in lower case, with its dot.
        head: the first ``HEAD_BYTES`` bytes or all.
    """
    if extension in _NOT_READ or not head.strip() or _POSTSCRIPT.match(head):
        return None
    if not is_text(_whole_lines(head)):
        return None
    kinds = (
        (_HTML, "text/html"),
        (_XML, "application/xml"),
        (_CALENDAR, "text/calendar"),
        (_MAILBOX, "application/mbox"),
        (_SCRIPT, "text/x-source"),
    )
    return next((kind for pattern, kind in kinds if pattern.match(head)), "text/plain")


def _whole_lines(head: bytes) -> bytes:
    """The head up to its last line end, so that no character is cut."""
    end = head.rfind(b"\n", len(head) // 2)
    return head[: end + 1] if len(head) >= HEAD_BYTES and end > 0 and b"\0" not in head else head
