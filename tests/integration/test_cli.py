"""The command line over real models and indexes: what it prints, and with which status it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import pytest

from api.cli.main import main
from rag.storage.lock import FolderLock
from rag.wire.asking import AnswerOut
from rag.wire.searching import SearchOut

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
QUESTION = "who demanded an apology?"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str


Saywhere = Callable[..., Ran]


@pytest.fixture
def saywhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Saywhere:
    """Runs a command in this process."""

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["saywhere", *map(str, arguments)])
        try:
            status = main()
        except SystemExit as end:
            status = int(end.code or 0)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the seed article; only read from."""
    data = tmp_path_factory.mktemp("ingested")
    subprocess.run(
        [sys.executable, "-m", "api", "ingest", SEEDS, "--data", data],
        cwd=ROOT, check=True, capture_output=True, timeout=110,
    )  # fmt: skip
    return data


@pytest.fixture
def unhesitating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are given however unsure: what is tested is how they are told."""
    monkeypatch.setenv("SAYWHERE_DECIDE__THRESHOLD", "0")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with two documents."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.txt").write_text("Ada Lovelace keeps the keys to the archive.\n", "utf-8")
    (folder / "b.txt").write_text("The archive opens at nine on Mondays.\n", "utf-8")
    return folder


def test_ingest_twice_changes_nothing_the_second_time(
    saywhere: Saywhere, notes: Path, tmp_path: Path
) -> None:
    """The first run adds, the second finds all unchanged; both end with 0."""
    first = saywhere("ingest", "--data", tmp_path / "data", notes)
    second = saywhere("ingest", "--data", tmp_path / "data", notes)
    assert (first.status, second.status) == (0, 0)
    assert first.out.startswith("2 added, 0 changed, 0 removed, 0 unchanged, 0 failed")
    assert second.out.startswith("0 added, 0 changed, 0 removed, 2 unchanged, 0 failed")


def test_a_file_that_fails_is_named_and_the_rest_is_done(
    saywhere: Saywhere, notes: Path, tmp_path: Path
) -> None:
    """Status 1, the reason on standard error, the other documents in."""
    (notes / "empty.txt").write_bytes(b"")
    ran = saywhere("ingest", "--data", tmp_path / "data", notes)
    assert ran.status == 1
    assert ran.out.startswith("2 added")
    assert "1 failed" in ran.out
    assert "empty.txt" in ran.err


def test_a_dry_run_prints_the_plan_and_writes_nothing(
    saywhere: Saywhere, notes: Path, tmp_path: Path
) -> None:
    """Before anything was ingested and after; beside another process that has the folder's lock too."""
    data = tmp_path / "data"
    first = saywhere("ingest", "--data", data, "--dry-run", notes)
    assert first.out.splitlines()[:2] == ["add    notes/a.txt", "add    notes/b.txt"]
    assert not data.exists()
    saywhere("ingest", "--data", data, notes)
    (notes / "a.txt").unlink()
    (notes / "b.txt").rename(notes / "c.txt")
    (notes / ".saywhereignore").write_text("drafts/\n")
    (notes / "drafts").mkdir()
    with FolderLock(data / "lock"):
        second = saywhere("ingest", "--data", data, "--dry-run", notes)
    assert second.out.splitlines() == [
        "rename notes/b.txt -> notes/c.txt",
        "remove notes/a.txt",
        "ignore notes/drafts/",
        "nothing was written; it would be: "
        "0 added, 0 changed, 1 renamed, 1 removed, 0 unchanged, 1 ignored, 0 failed",
    ]
    assert second.status == 0


def test_the_last_run_can_be_read_again(saywhere: Saywhere, notes: Path, tmp_path: Path) -> None:
    """Each file by what became of it, with the reason where it failed; as JSON too."""
    data = tmp_path / "data"
    (notes / "empty.txt").write_bytes(b"")
    saywhere("ingest", "--data", data, notes, "--exclude", "b.txt")
    told = saywhere("report", "--data", data)
    assert told.status == 0
    assert "sync of collection default, done" in told.out
    assert "1 added, 1 ignored, 1 failed" in told.out
    assert "add    notes/a.txt" in told.out
    assert "fail   notes/empty.txt: " in told.out
    saywhere("ingest", "--data", data, notes)
    runs = json.loads(saywhere("report", "--data", data, "-n", "2", "--json").out)
    assert [run["report"]["counts"]["added"] for run in runs] == [1, 1]


def test_a_forgotten_document_comes_with_a_receipt(saywhere: Saywhere, notes: Path, tmp_path: Path) -> None:
    """By its uri; one that isn't there is named, status 1, and so it is where a trace is left."""
    data = tmp_path / "data"
    saywhere("ingest", "--data", data, notes)
    unknown = saywhere("forget", "--data", data, "notes/a.txt", "notes/z.txt")
    assert (unknown.status, unknown.out) == (1, "")
    assert "notes/z.txt" in unknown.err
    done = saywhere("forget", "--data", data, "notes/a.txt")
    assert done.status == 0
    assert done.out.startswith("forgot notes/a.txt (")
    assert "sentences looked for: 1, in " in done.out
    assert done.out.endswith("; found: none\n")
    assert "the next ingest of its folder takes notes/a.txt in again" in done.err
    (data / "copy.txt").write_text((notes / "b.txt").read_text())
    left = saywhere("forget", "--data", data, "--json", "notes/b.txt")
    receipt = json.loads(left.out)
    assert (left.status, receipt["clean"], receipt["traces"]) == (1, False, [["copy.txt", 1]])
    assert saywhere("forget", "--data", data).out.startswith("gave back what removed documents left")


def test_near_duplicates_are_told(saywhere: Saywhere, notes: Path, tmp_path: Path) -> None:
    """Their number after the run, their names in the report."""
    data, words = tmp_path / "data", [f"Berth {n} is for boats of class {n * 7 % 11}." for n in range(40)]
    (notes / "berths.txt").write_text(" ".join(words), "utf-8")
    (notes / "berths old.txt").write_text(" ".join([*words[:-1], "All others are for guests."]), "utf-8")
    assert "1 groups of near-duplicates" in saywhere("ingest", "--data", data, notes).out
    told = saywhere("report", "--data", data).out
    assert "  alike  notes/berths old.txt, notes/berths.txt (0.9" in told


def test_a_report_of_nothing_is_told(saywhere: Saywhere, tmp_path: Path) -> None:
    """A data folder that isn't there is named, not made."""
    ran = saywhere("report", "--data", tmp_path / "data")
    assert (ran.status, "no documents have been ingested" in ran.err) == (1, True)
    assert not (tmp_path / "data").exists()


def test_a_wrong_pattern_is_wrong_use(saywhere: Saywhere, notes: Path, tmp_path: Path) -> None:
    """Status 2, before anything is opened."""
    ran = saywhere("ingest", "--data", tmp_path / "data", notes, "--exclude", "!")
    assert (ran.status, "pattern" in ran.err) == (2, True)
    assert not (tmp_path / "data").exists()


def test_a_path_that_is_not_there_is_named(saywhere: Saywhere, tmp_path: Path) -> None:
    """A misspelt path is a failure, not an empty success."""
    ran = saywhere("ingest", "--data", tmp_path / "data", tmp_path / "nowhere")
    assert ran.status == 1
    assert "nowhere" in ran.err


@pytest.mark.usefixtures("unhesitating")
def test_ask_tells_answer_statement_and_citation(saywhere: Saywhere, ingested: Path) -> None:
    """The headline question is answered by name, with the sentence that says it."""
    ran = saywhere("ask", "--data", ingested, *QUESTION.split())
    assert ran.status == 0
    assert "Grady Judd" in ran.out.splitlines()[0]
    assert "[1]" in ran.out
    assert "apology" in ran.out


@pytest.mark.usefixtures("unhesitating")
def test_ask_json_is_the_wire_form(saywhere: Saywhere, ingested: Path) -> None:
    """What --json prints is what HTTP answers, trace included when asked for."""
    ran = saywhere("ask", "--data", ingested, "--json", "--trace", QUESTION)
    answer = AnswerOut.model_validate_json(ran.out)
    assert answer.answered
    assert answer.trace is not None
    assert answer.trace.retrieved > 0
    assert set(answer.trace.models) == {"embedder", "reader"}


def test_no_answer_is_no_failure(saywhere: Saywhere, ingested: Path) -> None:
    """An abstention ends with 0 and shows what is near."""
    ran = saywhere("ask", "--data", ingested, "What is the boiling point of mercury?")
    assert ran.status == 0
    assert "nearest first" in ran.out


def test_an_empty_folder_says_how_to_begin(saywhere: Saywhere, tmp_path: Path) -> None:
    """Before anything is ingested, the answer is what to do."""
    ran = saywhere("ask", "--data", tmp_path / "data", "Who?")
    assert ran.status == 0
    assert "saywhere ingest" in ran.out


def test_search_shows_passages(saywhere: Saywhere, ingested: Path) -> None:
    """Plainly and as JSON."""
    plain = saywhere("search", "--data", ingested, "-k", "2", QUESTION)
    assert "[2]" in plain.out
    assert "[3]" not in plain.out
    found = SearchOut.model_validate_json(saywhere("search", "--data", ingested, "--json", QUESTION).out)
    assert any("apology" in result.citation.quote for result in found.results)


@pytest.mark.parametrize(
    "arguments",
    [["ask"], ["ask", "   "], ["ask", "x" * 10_000], ["ingest"], ["nonsense"], ["search", "-k", "0", "x"],
     ["verify", "/nowhere.json"], ["ask", "--nonsense", "x"]],
    ids=lambda arguments: " ".join(arguments)[:20],
)  # fmt: skip
def test_wrong_use_is_status_2(
    saywhere: Saywhere, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told on standard error, without a traceback."""
    monkeypatch.setenv("SAYWHERE_DATA", str(tmp_path))
    ran = saywhere(*arguments)
    assert ran.status == 2
    assert ran.err
    assert "Traceback" not in ran.err


def test_a_wrong_setting_is_named(saywhere: Saywhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable to mend is in the one line."""
    monkeypatch.setenv("SAYWHERE_THREADS", "many")
    ran = saywhere("ask", "Who?")
    assert ran.status == 2
    assert ran.err.count("\n") == 1
    assert "SAYWHERE_THREADS" in ran.err


def test_a_broken_group_of_settings_is_named(saywhere: Saywhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group given whole must be JSON; a text that isn't is a plain line, too."""
    monkeypatch.setenv("SAYWHERE_LIMITS", "many")
    ran = saywhere("ask", "Who?")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "limits" in ran.err


def test_an_unknown_collection_is_a_plain_line(saywhere: Saywhere, ingested: Path) -> None:
    """Status 1, one line, no traceback."""
    ran = saywhere("ask", "--data", ingested, "--collection", "nope", "Who?")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("saywhere: ")
    assert ran.err.count("\n") == 1


def test_interrupted_it_says_so(saywhere: Saywhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C ends with 130 and one line."""
    import api.cli.commands.ask

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api.cli.commands.ask, "run", interrupted)
    ran = saywhere("ask", "Who?")
    assert (ran.status, ran.err) == (130, "saywhere: interrupted\n")


@pytest.fixture
def answer(saywhere: Saywhere, unhesitating: None, ingested: Path) -> dict[str, object]:
    """A saved answer to the headline question."""
    found: dict[str, object] = json.loads(saywhere("ask", "--data", ingested, "--json", QUESTION).out)
    return found


@pytest.mark.parametrize("form", ["one", "list", "lines"])
def test_verify_holds_for_what_was_just_answered(
    saywhere: Saywhere, ingested: Path, answer: dict[str, object], tmp_path: Path, form: str
) -> None:
    """One answer, a list or a line each: every citation is exactly there."""
    saved = {
        "one": json.dumps(answer, indent=2),
        "list": json.dumps([answer, answer]),
        "lines": f"{json.dumps(answer)}\n{json.dumps(answer)}\n",
    }[form]
    file = tmp_path / "saved.json"
    file.write_text(saved, "utf-8")
    ran = saywhere("verify", file, "--data", ingested)
    assert (ran.status, ran.out) == (0, "")
    count = len(answer["citations"]) * (1 if form == "one" else 2)  # type: ignore[arg-type]
    assert ran.err == f"{count} of {count} citations hold\n"


def test_verify_reads_standard_input(
    saywhere: Saywhere, ingested: Path, answer: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``saywhere ask --json … | saywhere verify -`` holds."""
    monkeypatch.setattr(sys, "stdin", StringIO(json.dumps(answer)))
    assert saywhere("verify", "-", "--data", ingested).status == 0


def test_verify_names_what_was_tampered_with(
    saywhere: Saywhere, ingested: Path, answer: dict[str, object], tmp_path: Path
) -> None:
    """Another quote of the same length, and one of another length, are both found out."""
    first, *_ = answer["citations"]  # type: ignore[misc]
    swapped = {**first, "quote": "X" + first["quote"][1:]}
    longer = {**first, "quote": first["quote"] + "!"}
    file = tmp_path / "saved.json"
    file.write_text(json.dumps({**answer, "citations": [first, swapped, longer]}), "utf-8")
    ran = saywhere("verify", file, "--data", ingested)
    assert ran.status == 1
    assert [line.split()[1] for line in ran.out.splitlines()] == ["[2]", "[3]"]
    assert ran.err == "1 of 3 citations hold\n"


@pytest.mark.usefixtures("unhesitating")
def test_verify_says_where_the_text_went(saywhere: Saywhere, tmp_path: Path) -> None:
    """After an edit above it, the line names the quote's new place."""
    folder, data, file = tmp_path / "docs", tmp_path / "data", tmp_path / "saved.json"
    shutil.copytree(SEEDS, folder)
    saywhere("ingest", "--data", data, folder)
    file.write_text(saywhere("ask", "--data", data, "--json", QUESTION).out, "utf-8")
    [article] = folder.glob("*.txt")
    article.write_text("A new first line.\n" + article.read_text("utf-8"), "utf-8")
    saywhere("ingest", "--data", data, folder)
    ran = saywhere("verify", file, "--data", data)
    start = json.loads(file.read_text("utf-8"))["citations"][0]["start"]
    assert ran.status == 1
    assert f"{start + len('A new first line.') + 1}-" in ran.out.splitlines()[0]


@pytest.mark.parametrize("saved", ["", "not json", "{}", "[1]", '{"citations": [{}]}', "[" * 100_000, "\xff"])
def test_verify_of_something_else_is_wrong_use(saywhere: Saywhere, tmp_path: Path, saved: str) -> None:
    """A file that holds no answers is status 2, not "0 of 0 hold"."""
    file = tmp_path / "saved.json"
    file.write_text(saved, "latin-1")
    ran = saywhere("verify", file, "--data", tmp_path)
    assert ran.status == 2
    assert "Traceback" not in ran.err


def test_doctor_finds_a_sound_folder_sound(saywhere: Saywhere, ingested: Path) -> None:
    """Versions, models, catalog and indexes, a line each."""
    ran = saywhere("doctor", "--data", ingested)
    assert ran.status == 0
    for told in ("chromadb", "embedder", "reader", "1 in 'default'", "agree with the catalog"):
        assert told in ran.out


def test_doctor_finds_a_damaged_catalog(saywhere: Saywhere, tmp_path: Path) -> None:
    """A catalog that is no database is named as what is wrong."""
    (tmp_path / "catalog.sqlite3").write_bytes(b"not a database, but long enough to look like one" * 100)
    ran = saywhere("doctor", "--data", tmp_path)
    assert ran.status == 1
    assert "WRONG  catalog" in ran.out


def test_another_embedder_is_refused_until_the_index_is_rebuilt(
    saywhere: Saywhere, ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vectors of two kinds don't mix; the message names the command that helps, and it does help."""
    shutil.copytree(ingested, tmp_path / "copy")
    monkeypatch.setenv("SAYWHERE_EMBEDDER_PRECISION", "fp32")
    refused = saywhere("ask", "who demanded an apology?", "--data", str(tmp_path / "copy"))
    assert refused.status == 1
    assert "saywhere ingest --rebuild" in refused.err
    rebuilt = saywhere("ingest", "--rebuild", str(SEEDS), "--data", str(tmp_path / "copy"))
    assert (rebuilt.status, "1 unchanged" in rebuilt.out) == (0, True)
    found = saywhere("search", "who demanded an apology?", "--data", str(tmp_path / "copy"))
    assert "apology" in found.out


def test_the_version_is_told(saywhere: Saywhere) -> None:
    """``saywhere --version`` prints the installed version and nothing else."""
    assert saywhere("--version") == Ran(0, f"{version('saywhere')}\n", "")


def test_help_imports_next_to_nothing() -> None:
    """What makes --help instant: no settings, no HTTP, no drawing, no model library."""
    heavy = ("pydantic", "rich", "fastapi", "uvicorn", "numpy", "onnxruntime", "chromadb", "torch")
    script = (
        "import sys\nfrom api.cli.main import main\nsys.argv = ['saywhere', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
    assert "ingest" in ran.stdout
