"""Real files of many formats, from the tests of other parsers, and a real handbook."""

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
from rag.answering.citations import to_citation
from rag.errors import UnreadableDocument
from rag.settings import Settings
from rag.types import Document, Span
from rag.wiring import open_service
from tests.files import check_document, read_document
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
"""The least share of Docling's words that must be read, by format. Docling's output includes text that is
left out here on purpose: menus, repeated cells, names of equations."""
NOT_TEXT = {
    "right_to_left": "PDFium gives Arabic ligatures in visual order",
    "drawingml": "the other output repeats the figures of charts",
    "hyperlink_03": "the whole page is a menu",
    "mlac": "names of contexts",
}


@pytest.fixture
def real_files() -> list[dict[str, Any]]:
    """Rows of the manifest, each with the path of its file."""
    manifest = require_shared("data", "formats", "manifest.jsonl")
    rows = [json.loads(line) for line in manifest.read_text().splitlines()]
    return [{**row, "path": manifest.parent / row["file"], "folder": manifest.parent} for row in rows]


def document(path: Path) -> Document | None:
    try:
        return read_document(path.read_bytes(), path.name)
    except UnreadableDocument:
        return None


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def word_recall(expected: str, text: str) -> float:
    expected_words, read_words = words(expected), words(text)
    return (expected_words & read_words).total() / max(1, expected_words.total())


def test_every_file_is_read_or_refused_with_a_reason(real_files: list[dict[str, Any]]) -> None:
    """Nothing crashes, and every document is valid."""
    refused = {}
    for row in real_files:
        assert is_supported(row["path"].name), row["file"]
        try:
            check_document(read_document(row["path"].read_bytes(), row["path"].name))
        except UnreadableDocument as error:
            refused[row["path"].name] = str(error)
    assert refused == {}


def test_words_are_those_of_another_parser(real_files: list[dict[str, Any]]) -> None:
    """Word recall against Docling's output, each format at least at its floor."""
    low = []
    for row in real_files:
        known = row["format"] in LEAST_RECALL and not any(name in row["file"] for name in NOT_TEXT)
        if not row["reference_markdown"] or not known:
            continue
        reference = (row["folder"] / row["reference_markdown"]).read_text()
        plain = re.sub(r"!\[[^\]]*\]\([^)]*\)|<!--.*?-->|&\w+;", " ", reference)
        parsed = document(row["path"])
        recall = word_recall(re.sub(r"\]\([^)]*\)", "]", plain), parsed.text if parsed else "")
        if recall < LEAST_RECALL[row["format"]]:
            low.append((row["file"], round(recall, 3)))
    assert low == []


def test_the_same_text_in_several_formats_is_the_same(real_files: list[dict[str, Any]]) -> None:
    """Word recall is more than 0.75 between any two of them."""
    groups: dict[str, list[Path]] = {}
    for row in real_files:
        if row.get("same_content_group"):
            groups.setdefault(row["same_content_group"], []).append(row["path"])
    assert len(groups) >= 3
    for name, paths in groups.items():
        texts = [parsed.text for path in paths if (parsed := document(path)) is not None]
        for text in texts[1:]:
            assert word_recall(texts[0], text) > 0.75, name


def test_required_strings_are_in_the_text(real_files: list[dict[str, Any]]) -> None:
    """Those that MarkItDown's tests require, without its Markdown signs and addresses."""
    for row in real_files:
        parsed = document(row["path"]) if row["must_include"] or row["must_not_include"] else None
        if parsed is None:
            continue
        text = " ".join(parsed.text.replace("|", " ").split())
        for wanted in row["must_include"]:
            bare = " ".join(re.sub(r"[#*|]|\]\(.*|data:image.*|^- |-{3}", " ", wanted).split())
            if bare not in text:
                assert row["path"].name == "test_serp.html", (row["file"], bare)
        for unwanted in row["must_not_include"]:
            assert unwanted not in parsed.text, (row["file"], unwanted)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_folder_of_everything_is_ingested(
    real_files: list[dict[str, Any]], shared: Path, tmp_path: Path
) -> None:
    """All real files and the handbook: each is in the report, and none fails."""
    folder = tmp_path / "all"
    shutil.copytree(shared / "data" / "guide", folder / "guide")
    for row in real_files:
        target = folder / row["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(row["path"], target)
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    with open_service(Settings(data=tmp_path / "data")) as service:
        report = ingest(service, [folder])
        reported = (*report.added, *report.skipped, *(failure.uri for failure in report.failed))
        assert len(reported) == len(files)
        assert (report.skipped, report.failed) == ((), ())
        assert ingest(service, [folder]).added == ()


def test_quotes_of_pdfs_are_on_their_pages(real_files: list[dict[str, Any]]) -> None:
    """Fifty random lines that ``pdftotext`` has on one page only are cited with that page."""
    pdftotext = require_program("pdftotext", "poppler-utils")
    rng = random.Random(4)
    places = []
    for row in real_files:
        parsed = document(row["path"]) if row["format"] == "pdf" else None
        if parsed is None or not parsed.pages:
            continue
        for page in parsed.pages:
            ran = subprocess.run(
                [pdftotext, "-f", str(page.number), "-l", str(page.number), str(row["path"]), "-"],
                capture_output=True,
                check=True,
            )
            lines = {" ".join(line.split()) for line in ran.stdout.decode().split("\n")}
            unique = sorted(line for line in lines if len(line) > 25 and parsed.text.count(line) == 1)
            places += [(parsed, page.number, line) for line in unique]
    assert len({id(parsed) for parsed, _, _ in places}) > 10
    assert sum(len(parsed.pages) > 1 for parsed, _, _ in places) > 50
    several = [place for place in places if len(place[0].pages) > 1]
    picked = rng.sample(several, 35) + rng.sample(places, 15)
    for parsed, number, line in picked:
        start = parsed.text.index(line)
        assert to_citation(parsed, Span(start, start + len(line))).page == number, line


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The data with bytes flipped, cut out, doubled or cut off."""
    damaged = bytearray(data)
    for _ in range(rng.choice((1, 3, 20, 200))):
        at = rng.randrange(len(damaged))
        match rng.randrange(4):
            case 0:
                damaged[at] ^= 1 << rng.randrange(8)
            case 1:
                del damaged[at : at + rng.randrange(1, 50)]
            case 2:
                damaged[at:at] = damaged[at : at + rng.randrange(1, 50)]
            case _:
                damaged[at] = rng.randrange(256)
        if not damaged:
            break
    return bytes(damaged[: rng.randrange(len(damaged)) + 1] if rng.random() < 0.2 else damaged)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_read_or_refused(real_files: list[dict[str, Any]], seed: int) -> None:
    """Seeded mutations of each format's files: a valid document, or an ``UnreadableDocument``."""
    rng = random.Random(seed)
    by_format: dict[str, list[Path]] = {}
    for row in real_files:
        if row["bytes"] < 100_000:
            by_format.setdefault(row["format"], []).append(row["path"])
    for paths in by_format.values():
        for _ in range(4):
            path = rng.choice(paths)
            data = mutated(path.read_bytes(), rng)
            with suppress(UnreadableDocument):
                check_document(
                    read(data, path.name, uri="u", document_id="d", limits=Limits(seconds=30)),
                )
