"""Text files of many kinds: read as what they are, whatever their names."""

from __future__ import annotations

import pytest

from ingest.formats import is_supported
from rag.errors import DocumentTooLarge, UnreadableDocument
from tests.files import blocks, check_document, read_document


def texts(source: str | bytes, name: str) -> list[tuple[str, str]]:
    """Kind and text of each block."""
    document = read_document(source, name)
    check_document(document)
    return [(kind, text) for kind, text, _ in blocks(document)]


def test_yaml_keeps_values_as_written_and_comments() -> None:
    """A comment is the context of the setting below it; aliases are not expanded."""
    source = (
        "version: 1.10\nopens: 08:30\nbase: &b {port: 1}\nother: *b\n"
        "db:\n  # Closed after so many seconds.\n  idle: 90  # not less\n"
        "queues:\n- {name: mail, owner: Office}\n- {name: print, owner: Press}\n"
    )
    document = read_document(source, "export.yaml")
    check_document(document)
    found = blocks(document)
    assert ("list_item", "- version: 1.10", "export:") in found
    assert ("list_item", "- opens: 08:30", "export:") in found
    assert ("list_item", "- other: *b", "export:") in found
    assert ("paragraph", "idle: 90 (not less)", "Closed after so many seconds.") in found
    assert ("table_row", "print | Press", "name | owner") in found
    assert document.section_at(document.text.index("idle")) == ("db",)


def test_a_template_of_yaml_is_read_line_by_line() -> None:
    """It is no YAML."""
    assert "port: {{ .port }}" in read_document("{{- if .x }}\nport: {{ .port }}\n{{- end }}\n", "a.yml").text


def test_yaml_nested_beyond_the_limit_is_refused() -> None:
    """However it is written."""
    with pytest.raises(DocumentTooLarge, match="deep"):
        read_document("[" * 300 + "]" * 300, "a.yaml")


@pytest.mark.parametrize("name", ["a.toml", "a.ini", "a.conf"])
def test_settings_in_lines(name: str) -> None:
    """Sections, values over several lines, comments before and behind."""
    source = '[server.tls]\n# For TLS.\nport = 8443 # default\nhosts = ["a",\n  "b"]\npath=/var/x\n'
    document = read_document(source, name)
    assert ("paragraph", "port: 8443 (default)", "For TLS.") in blocks(document)
    assert "- hosts: a, b\n- path: /var/x" in document.text
    assert document.section_at(document.text.index("8443")) == ("server.tls",)


def test_log_entries_are_blocks() -> None:
    """They are not joined; the lines of a trace belong to their entry."""
    entries = texts("10:00 INFO started\n10:01 ERROR failed\n  at main\n", "a.log")
    assert entries == [
        ("paragraph", "10:00 INFO started"),
        ("paragraph", "10:01 ERROR failed"),
        ("code", "at main"),
    ]


def test_comments_of_code_are_prose() -> None:
    """The context of the code below; docstrings too."""
    source = '#!/usr/bin/env python\n"""Exports\ninvoices."""\n\n# Tries before\n# giving up.\nTRIES = 3\n'
    document = read_document(source, "export.py")
    assert blocks(document) == [
        ("paragraph", "Exports invoices.", None),
        ("paragraph", "Tries before giving up.", None),
        ("code", "TRIES = 3", "Tries before giving up."),
    ]
    assert ("paragraph", "How often.") in texts("/**\n * How often.\n */\nconst n = 1;\n", "a.ts")
    assert ("paragraph", "Per day.") in texts("-- Per day.\nSELECT 1;\n", "a.sql")


def test_org() -> None:
    """Headlines, drawers, lists, tables, blocks, links and notes."""
    source = (
        "#+TITLE: Plan\n* TODO Doors :work:\nDEADLINE: <2026-05-21 Thu>\n:PROPERTIES:\n:OWNER: Ada\n:END:\n"
        "Call *the* [[https://example.org][smith]].[fn:1]\n- keys\n"
        "| Door | Code |\n|------+------|\n| A | 4711 |\n"
        "#+begin_src sh\nls # all\n#+end_src\n\n[fn:1] Before nine.\n"
    )
    document = read_document(source, "a.org")
    check_document(document)
    assert document.title == "Plan"
    found = blocks(document)
    assert found[:2] == [("heading", "TODO Doors", None), ("paragraph", "Deadline: 2026-05-21 Thu", None)]
    assert ("table_row", "A | 4711", "Door | Code") in found
    assert ("code", "ls # all", None) in found
    assert ("paragraph", "Before nine.", "Call the smith.") in found
    assert "owner: Ada" in document.text


def test_restructured_text() -> None:
    """Notes, roles and directives of Sphinx, tables; nothing is included."""
    source = (
        "Relay\n=====\n\n:Owner: Ada\n\nSee :ref:`the page <x>` and |s|.\n\n.. |s| replace:: more\n\n"
        ".. note:: Mind the gap.\n\n.. versionadded:: 2.1\n   The switch.\n\n.. toctree::\n   hidden\n\n"
        ".. include:: /etc/hostname\n\n.. py:function:: run(n)\n\n   Runs it.\n\n"
        "==== ====\nDoor Code\n==== ====\nA    4711\n==== ====\n"
    )
    document = read_document(source, "a.rst")
    check_document(document)
    found = blocks(document)
    assert document.title == "Relay"
    assert ("paragraph", "See the page and more.", None) in found
    assert ("paragraph", "Note: Mind the gap.", None) in found
    assert ("paragraph", "The switch.", "New in version 2.1:") in found
    assert ("paragraph", "Runs it.", "run(n):") in found
    assert ("table_row", "A | 4711", "Door | Code") in found
    assert "hidden" not in document.text
    assert "hostname" not in document.text


@pytest.mark.parametrize(
    "fault",
    [
        ".. |q| replace:: |q| a |q|",
        ".. |q| replace:: |q|\n   .. |r| date::\n   .. |q| replace:: |q|",
        ".. figure:: a.png\n\n   .. sectnum::",
    ],
)
def test_restructured_text_on_which_its_parser_fails_is_plain_text(fault: str) -> None:
    """docutils raises a ValueError, a KeyError and an UnboundLocalError of its own on these."""
    document = read_document(f"Relay\n=====\n\nThe bell is rung twice.\n\n{fault}\n", "a.rst")
    check_document(document)
    assert document.media_type == "text/x-rst"
    assert document.title == "Relay"
    assert ("paragraph", "The bell is rung twice.", None) in blocks(document)
    assert fault.partition("\n")[0] in document.text


def test_latex() -> None:
    """Sections, lists, tables, notes, accents and formulas; comments and commands go."""
    source = r"""\documentclass{article} % a comment
\title{Doors} \author{Ada}
\begin{document}
\section{Codes}\label{s}
The caf\'e's fee is \$5 (50\%)~\textbf{now}.\footnote{Since May.} $x^2 \leq \alpha$
\begin{itemize}
\item One
\end{itemize}
\begin{tabular}{ll}
Door & Code \\ \hline
A & 4711 \\
\end{tabular}
\begin{verbatim}
50% off
\end{verbatim}
\end{document}"""
    document = read_document(source, "a.tex")
    check_document(document)
    found = blocks(document)
    assert (document.title, document.metadata) == ("Doors", {"author": "Ada"})
    line = "The café's fee is $5 (50%) now. x² ≤ α"
    assert ("paragraph", line, None) in found
    assert ("paragraph", "Since May.", line) in found
    assert ("table_row", "A | 4711", "Door | Code") in found
    assert ("code", "50% off", None) in found
    assert "comment" not in document.text
    assert document.section_at(document.text.index("4711")) == ("Codes",)


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("notes.2024", b"Ada wrote it.", "text/plain"),
        ("page.tpl", b"<!DOCTYPE html><p>Ada wrote it.</p>", "text/html"),
        ("run.job", b"#!/bin/sh\n# Ada wrote it.\nls\n", "text/x-source"),
        ("data.weird", b"<?xml version='1.0'?><a>Ada wrote it.</a>", "application/xml"),
        ("LICENSE", "Ada schrieb für alle.".encode("utf-16"), "text/plain"),
    ],
)
def test_a_file_of_unknown_extension_is_read_by_its_content(name: str, data: bytes, media_type: str) -> None:
    """Where that is text."""
    assert is_supported(name, data)
    assert not is_supported(name.replace("LICENSE", "a.unknown"))
    document = read_document(data, name)
    assert document.media_type == media_type
    assert "Ada" in document.text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.dwg", b"# Text of a kind"),
        ("a.weird", bytes(range(256)) * 20),
        ("server.weird", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"),
        ("a.lock", b"name = 'x'"),
        ("noname", b"\x7fELF\x02\x01\x01" + bytes(200)),
    ],
)
def test_other_content_is_not_read(name: str, data: bytes) -> None:
    """Binary data, keys, and files that hold no words for people."""
    assert not is_supported(name, data)
    with pytest.raises(UnreadableDocument):
        read_document(data, name)
