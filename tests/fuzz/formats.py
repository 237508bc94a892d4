"""Mutated files of every format, read and split as an ingest does, in this process."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from random import Random

from ingest.formats.limits import Budget, Limits
from ingest.formats.registry import FORMATS, parse
from ingest.formats.source import Source
from ingest.passages import Passages
from ingest.split import PassageSplitter
from rag.coreference.resolver import PronounResolver
from rag.errors import UnreadableDocument
from tests.files import (
    LEAVE,
    SHEET,
    check_document,
    docx,
    epub,
    html_table,
    opendocument,
    pdf,
    picture,
    pptx,
    typeset,
    xlsx,
    zipped,
)
from tests.fuzz.mutations import mutated, mutated_archive
from tests.fuzz.run import Case

LIMITS = Limits()
MAX_MESSAGE = 2_000  # characters
TEXT = "Ada wrote the plan. She sent it to the crew on 3 May.\n\nThe ship (see § 4) left – late.\n"
MAIL = (
    "From: Ada <ada@example.org>\nSubject: =?utf-8?q?The_plan?=\nDate: Mon, 4 May 2026 10:00:00 +0000\n"
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n"
    f"{TEXT}\n--x\nContent-Type: text/csv\nContent-Disposition: attachment; filename=a.csv\n\n"
    "a,b\n1,2\n--x--\n"
)


@cache
def seeds() -> dict[str, bytes]:
    """A sound file of each format, by name."""
    body = f"<h1>A</h1><p>{TEXT}</p>{html_table(LEAVE)}"
    page = f"<html><head><title>Plan</title></head><body>{body}</body></html>"
    opened = "<text:h text:outline-level='1'>Plan</text:h><text:p>Ada wrote it. She sent it.</text:p>"
    slides = "<draw:page draw:name='One'><draw:frame><draw:text-box><text:p>A plan.</text:p></draw:text-box>"
    texts = {
        "a.md": f"---\ntitle: Plan\ntags: [a]\n---\n# A\n\n{TEXT}\n- one\n- two\n\n|a|b|\n|--|--|\n|1|2|\n",
        "a.txt": TEXT * 3,
        "a.html": page,
        "a.csv": 'name,days\nAda,20\n"Ot""to, B",25\n',
        "a.json": '{"plan": {"by": "Ada", "steps": ["one", "two"], "cost": 12.5, "done": null}}',
        "a.ipynb": '{"cells": [{"cell_type": "markdown", "source": ["# A\\n", "Ada wrote."]}]}',
        "a.jsonl": '{"title": "One", "text": "Ada wrote it."}\n{"title": "Two", "text": "She sent it."}\n',
        "a.xml": f"<plan by='Ada'><title>Plan</title><step n='1'>{TEXT}</step><step>B</step></plan>",
        "a.eml": MAIL,
        "a.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>It is late.\n\n00:03.000 --> 00:04.000\nYes.\n",
        "a.srt": "1\n00:00:01,000 --> 00:00:02,000\nIt is late.\n",
        "a.adoc": f"= Plan\n:toc:\n\n== A\n\n{TEXT}\n|===\n|a |b\n|1 |2\n2+^.>s|c\n2*|d\nlink:e[f]\n|===\n",
        "a.mdx": f"import A from 'a'\n\n<A title='x'>\n\n{TEXT}\n\n!!! note\n    b\n\n```{{tip}}\nc\n```\n\n</A>\n",  # noqa: E501
        "a.mbox": "From a Mon May  4 10:00:00 2026\n" + MAIL + "\n\nFrom b Mon May  4 10:00:00 2026\n" + MAIL,
        "a.ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Plan\nDTSTART;TZID=A/B:20260504T100000\nDURATION:PT1H\n"  # noqa: E501
        "RRULE:FREQ=WEEKLY;BYDAY=MO\nDESCRIPTION:She\n  sent it.\\nLate.\nEND:VEVENT\nEND:VCALENDAR\n",
        "a.rst": f"Plan\n====\n\n.. note:: {TEXT}\n.. |s| replace:: x\n\n:ref:`a <b>` [1]_\n\n=== ===\na   b\n=== ===\n1   2\n"  # noqa: E501
        "=== ===\n\n.. [1] Note.\n\n.. code-block:: py\n\n   x\n",
        "a.org": f"#+TITLE: Plan\n* A :x:\n:PROPERTIES:\n:BY: Ada\n:END:\n{TEXT}\n- *one*\n| a | b |\n|---+---|\n| 1 | 2 |\n",  # noqa: E501
        "a.tex": "\\section{Plan}\nAda\\footnote{a} wrote \\'e \\textbf{it}. % c\n\\begin{itemize}\\item one\\end{itemize}\n"  # noqa: E501
        "\\begin{tabular}{ll}a & b \\\\ 1 & 2\\end{tabular} $x^2$\n\\begin{verbatim}\nx\n\\end{verbatim}\n",
        "a.yaml": "# Why.\nplan: &a {by: Ada, cost: 1.10}\nother: *a\nsteps:\n  - one # x\n  - two\ntext: |\n  She sent it.\n",  # noqa: E501
        "a.toml": '# Why.\n[plan.a]\nby = "Ada" # x\nsteps = ["one",\n "two"]\ntext = """\nShe sent it.\n"""\n',  # noqa: E501
        "a.log": "10:00 INFO started\n10:01 ERROR failed\n  at main\n" * 3,
        "a.py": '"""Plan.\n\nAda wrote it."""\n\n# She sent it.\nx = 1\n\ndef f():\n    return 2\n',
        "a.rss": f"<rss><channel><title>Plan</title><item><title>A</title><description>{TEXT}&lt;b&gt;</description>"  # noqa: E501
        "</item></channel></rss>",
        "a.rtf": "{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\f0 Ada wrote it.\\par She sent it \\'e9.\\par}",
    }
    files = {
        "a.png": picture("PNG"),
        "a.jpg": picture("JPEG"),
        "a.tif": picture("TIFF"),
        "a.webp": picture("WEBP"),
        "a.pdf": pdf(typeset(TEXT * 4), typeset("A second page.")),
        "a.docx": docx(("Plan", "Heading 1"), TEXT, LEAVE),
        "a.pptx": pptx(("Plan", ["one", "two"], LEAVE, "notes")),
        "a.xlsx": xlsx(Leave=LEAVE),
        "a.odt": opendocument(opened),
        "a.odp": opendocument(f"{slides}</draw:frame></draw:page>", "presentation"),
        "a.ods": zipped(SHEET),
        "a.epub": epub(f"<h1>A</h1><p>{TEXT}</p>", html_table(LEAVE)),
        "a.zip": zipped({"a.md": texts["a.md"], "b/a.html": page, "c.csv": texts["a.csv"]}),
    }
    return {name: text.encode() for name, text in texts.items()} | files


class Formats:
    """The target: whatever the bytes, there is a sound document, or an UnreadableDocument."""

    def __init__(self) -> None:
        self._passages = Passages(splitter=PassageSplitter(), resolver=PronounResolver(), limits=LIMITS)

    def case(self, random: Random) -> Case:
        name = random.choice(sorted(seeds()))
        data = seeds()[name]
        if random.random() < 0.03:  # a file of another format under this name
            data = seeds()[random.choice(sorted(seeds()))]
        change = mutated_archive if data.startswith(b"PK") else mutated
        return Case(name=name, data=change(data, random))

    def check(self, case: Case) -> str:
        """``read``, ``refused`` or ``nested too deep``.

        Raises what the reader raises, and AssertionError for an unsound document.
        """
        source = Source(
            data=case.data, name=case.name, uri=case.name, document_id="d", limits=LIMITS,
            budget=Budget(LIMITS.unpacked_bytes),
        )  # fmt: skip
        try:
            split = self._passages.of(parse(source))
        except UnreadableDocument as refusal:
            _check_message(case, str(refusal))
            return "refused"
        except RecursionError:  # which a worker process tells as a limit
            return "nested too deep"
        check_document(split.document)
        size = len(split.document.text)
        for passage in split.passages:
            assert 0 <= passage.span.start < passage.span.end <= size
            assert all(passage.span.start <= s.start < s.end <= passage.span.end for s in passage.sentences)
        return "read"


def _check_message(case: Case, message: str) -> None:
    """Short, and one line; where no worker process makes it so."""
    is_plain = case.name in ("a.md", "a.txt")
    assert not is_plain or (len(message) < MAX_MESSAGE and "\n" not in message), message


def formats_without_seed() -> list[str]:
    """The names of formats that no seed has; none."""
    extensions = {PurePosixPath(name).suffix for name in seeds()}
    return [each.name for each in FORMATS if not extensions & set(each.extensions)]
