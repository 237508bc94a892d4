"""Real files of many formats, made by other people for other parsers, and a real handbook."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ingest.formats import is_supported, read
from ingest.formats.limits import Limits
from ingest.wiring import ingest
from rag.answering.citations import citation
from rag.errors import UnreadableDocument
from rag.settings import Settings
from rag.types import Document, Span
from rag.wiring import open_service
from tests.files import check, take
from tests.require import require_program, require_shared

LEAST_RECALL = {
    "asciidoc": 0.85,
    "csv": 0.95,
    "docx": 0.75,
    "epub": 0.95,
    "html": 0.85,
    "md": 0.7,
    "nxml": 0.8,
    "pdf": 0.95,
    "pptx": 0.8,
    "vtt": 0.95,
    "xlsx": 0.5,
}
"""Of the words of another parser's output; what is left out on purpose (menus, repeated cells, numbers
that Word makes up, names of equations) is in there too."""
NOT_TEXT = {
    "right_to_left": "PDFium gives Arabic ligatures in visual order",
    "drawingml": "the other output repeats the figures of charts",
    "hyperlink_03": "the whole page is a menu",
    "mlac": "names of contexts",
}


@pytest.fixture
def real() -> list[dict[str, Any]]:
    """Rows of the manifest."""
    manifest = require_shared("data", "formats", "manifest.jsonl")
    rows = [json.loads(line) for line in manifest.read_text().splitlines()]
    return [{**row, "path": manifest.parent / row["file"], "folder": manifest.parent} for row in rows]


def document(path: Path) -> Document | None:
    try:
        return take(path.read_bytes(), path.name)
    except UnreadableDocument:
        return None


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def recall(expected: str, text: str) -> float:
    wanted, got = words(expected), words(text)
    return (wanted & got).total() / max(1, wanted.total())


def test_every_file_is_read_or_refused_with_a_reason(real: list[dict[str, Any]]) -> None:
    """Nothing crashes, and what is read keeps every law."""
    refused = {}
    for row in real:
        assert is_supported(row["path"].name), row["file"]
        try:
            check(take(row["path"].read_bytes(), row["path"].name))
        except UnreadableDocument as error:
            refused[row["path"].name] = str(error)
    assert refused == {}


def test_words_are_those_that_another_parser_finds(real: list[dict[str, Any]]) -> None:
    """Word recall against Docling's output, each format at least at its floor."""
    low = []
    for row in real:
        known = row["format"] in LEAST_RECALL and not any(name in row["file"] for name in NOT_TEXT)
        if not row["reference_markdown"] or not known:
            continue
        reference = (row["folder"] / row["reference_markdown"]).read_text()
        plain = re.sub(r"!\[[^\]]*\]\([^)]*\)|<!--.*?-->|&\w+;", " ", reference)
        made = document(row["path"])
        found = recall(re.sub(r"\]\([^)]*\)", "]", plain), made.text if made else "")
        if found < LEAST_RECALL[row["format"]]:
            low.append((row["file"], round(found, 3)))
    assert low == []


def test_the_same_text_in_several_formats_is_the_same(real: list[dict[str, Any]]) -> None:
    """Word for word, whatever it was packed in."""
    groups: dict[str, list[Path]] = {}
    for row in real:
        if row.get("same_content_group"):
            groups.setdefault(row["same_content_group"], []).append(row["path"])
    assert len(groups) >= 3
    for name, paths in groups.items():
        texts = [made.text for path in paths if (made := document(path)) is not None]
        for text in texts[1:]:
            assert recall(texts[0], text) > 0.75, name


def test_strings_that_must_be_there_are_there(real: list[dict[str, Any]]) -> None:
    """What MarkItDown's tests look for, its Markdown signs and addresses apart."""
    for row in real:
        made = document(row["path"]) if row["must_include"] or row["must_not_include"] else None
        if made is None:
            continue
        text = " ".join(made.text.replace("|", " ").split())
        for wanted in row["must_include"]:
            bare = " ".join(re.sub(r"[#*|]|\]\(.*|data:image.*|^- |-{3}", " ", wanted).split())
            if bare not in text:
                assert row["path"].name == "test_serp.html", (row["file"], bare)
        for unwanted in row["must_not_include"]:
            assert unwanted not in made.text, (row["file"], unwanted)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_folder_of_everything_is_ingested(real: list[dict[str, Any]], shared: Path, tmp_path: Path) -> None:
    """All real files and the handbook: each is in the report, none stops it."""
    folder = tmp_path / "all"
    shutil.copytree(shared / "data" / "guide", folder / "guide")
    for row in real:
        target = folder / row["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(row["path"], target)
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    with open_service(Settings(data=tmp_path / "data")) as service:
        report = ingest(service, [folder])
        told = (*report.added, *report.skipped, *(failure.uri for failure in report.failed))
        assert len(told) == len(files)
        assert (report.skipped, report.failed) == ((), ())
        assert ingest(service, [folder]).added == ()


def test_quotes_of_pdfs_are_on_their_pages(real: list[dict[str, Any]]) -> None:
    """Fifty random quotes that ``pdftotext`` finds on one page alone are cited with that page."""
    pdftotext = require_program("pdftotext", "poppler-utils")
    chance = random.Random(4)
    places = []
    for row in real:
        made = document(row["path"]) if row["format"] == "pdf" else None
        if made is None or not made.pages:
            continue
        for page in made.pages:
            done = subprocess.run(
                [pdftotext, "-f", str(page.number), "-l", str(page.number), str(row["path"]), "-"],
                capture_output=True,
                check=True,
            )
            lines = {" ".join(line.split()) for line in done.stdout.decode().split("\n")}
            found = sorted(line for line in lines if len(line) > 25 and made.text.count(line) == 1)
            places += [(made, page.number, line) for line in found]
    assert len({id(made) for made, _, _ in places}) > 10
    assert sum(len(made.pages) > 1 for made, _, _ in places) > 50
    several = [place for place in places if len(place[0].pages) > 1]
    picked = chance.sample(several, 35) + chance.sample(places, 15)
    for made, number, line in picked:
        start = made.text.index(line)
        assert citation(made, Span(start, start + len(line))).page == number, line


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Bytes flipped, cut out, doubled or cut off."""
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 3, 20, 200))):
        at = chance.randrange(len(damaged))
        match chance.randrange(4):
            case 0:
                damaged[at] ^= 1 << chance.randrange(8)
            case 1:
                del damaged[at : at + chance.randrange(1, 50)]
            case 2:
                damaged[at:at] = damaged[at : at + chance.randrange(1, 50)]
            case _:
                damaged[at] = chance.randrange(256)
        if not damaged:
            break
    return bytes(damaged[: chance.randrange(len(damaged)) + 1] if chance.random() < 0.2 else damaged)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_cost_nothing_but_themselves(real: list[dict[str, Any]], seed: int) -> None:
    """Seeded mutations of each format's files: a document that keeps the laws, or one plain reason."""
    chance = random.Random(seed)
    by_format: dict[str, list[Path]] = {}
    for row in real:
        if row["bytes"] < 100_000:
            by_format.setdefault(row["format"], []).append(row["path"])
    for paths in by_format.values():
        for _ in range(4):
            path = chance.choice(paths)
            data = mutated(path.read_bytes(), chance)
            with suppress(UnreadableDocument):
                check(
                    read(data, path.name, uri="u", document_id="d", limits=Limits(seconds=30)),
                )
