"""The command line over real models and indexes: output and exit status."""

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
class Completed:
    """A command's exit status and output."""

    status: int
    out: str
    err: str


Saywhere = Callable[..., Completed]


@pytest.fixture
def saywhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Saywhere:
    """Runs a command in this process."""

    def run(*arguments: object) -> Completed:
        monkeypatch.setattr(sys, "argv", ["saywhere", *map(str, arguments)])
        try:
            status = main()
        except SystemExit as exit_:
            status = int(exit_.code or 0)
        captured = capsys.readouterr()
        return Completed(status, captured.out, captured.err)

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
def zero_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question gets its best answer, however low its confidence."""
    monkeypatch.setenv("SAYWHERE_DECIDE__THRESHOLD", "0")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with two documents."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.txt").write_text("Ada Lovelace keeps the keys to the archive.\n", "utf-8")
    (folder / "b.txt").write_text("The archive opens at nine on Mondays.\n", "utf-8")
    return folder


def test_a_second_ingest_changes_nothing(saywhere: Saywhere, notes: Path, tmp_path: Path) -> None:
    """The first adds both documents, the second finds them unchanged; both end with 0."""
    first = saywhere("ingest", "--data", tmp_path / "data", notes)
    second = saywhere("ingest", "--data", tmp_path / "data", notes)
    assert (first.status, second.status) == (0, 0)
    assert first.out.startswith("2 added, 0 changed, 0 removed, 0 unchanged, 0 failed")
    assert second.out.startswith("0 added, 0 changed, 0 removed, 2 unchanged, 0 failed")


def test_a_file_that_fails_is_named_and_the_others_are_ingested(
    saywhere: Saywhere, notes: Path, tmp_path: Path
) -> None:
    """Status 1, with the reason on standard error."""
    (notes / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    result = saywhere("ingest", "--data", tmp_path / "data", notes)
    assert result.status == 1
    assert result.out.startswith("2 added")
    assert "1 failed" in result.out
    assert "photo.txt" in result.err


def test_an_empty_file_is_skipped_with_status_0(saywhere: Saywhere, notes: Path, tmp_path: Path) -> None:
    """The summary, the plan of a dry run and the report say so."""
    (notes / "empty.txt").write_bytes(b"")
    data = tmp_path / "data"
    plan = saywhere("ingest", "--data", data, "--dry-run", notes)
    assert "skip   notes/empty.txt: empty" in plan.out.splitlines()
    result = saywhere("ingest", "--data", data, notes)
    assert (result.status, result.err) == (0, "")
    assert "2 added, 0 changed, 0 removed, 0 unchanged, 1 skipped: empty, 0 failed" in result.out
    assert "  skip   notes/empty.txt: empty" in saywhere("report", "--data", data).out.splitlines()


def test_a_folder_without_files_says_that_nothing_was_found(saywhere: Saywhere, tmp_path: Path) -> None:
    """With status 0; then nothing answers yet, and ask and search say what to do."""
    (tmp_path / "none").mkdir()
    result = saywhere("ingest", "--data", tmp_path / "data", tmp_path / "none")
    assert (result.status, result.out) == (0, "nothing was found: there is no file to read\n")
    for command in ("ask", "search"):
        assert (
            "There are no documents yet: `saywhere ingest PATH`"
            in saywhere(command, "--data", tmp_path / "data", "Who?").out
        )


def test_a_dry_run_prints_the_plan_and_writes_nothing(
    saywhere: Saywhere, notes: Path, tmp_path: Path
) -> None:
    """Before the first ingest and after it, and while another process has the folder's lock."""
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


def test_report_shows_the_last_run(saywhere: Saywhere, notes: Path, tmp_path: Path) -> None:
    """Each file with its outcome, and the reason of a failure; as JSON too."""
    data = tmp_path / "data"
    (notes / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    saywhere("ingest", "--data", data, notes, "--exclude", "b.txt")
    report = saywhere("report", "--data", data)
    assert report.status == 0
    assert "sync of collection default, done" in report.out
    assert "1 added, 1 ignored, 1 failed" in report.out
    assert "add    notes/a.txt" in report.out
    assert "fail   notes/photo.txt: " in report.out
    saywhere("ingest", "--data", data, notes)
    runs = json.loads(saywhere("report", "--data", data, "-n", "2", "--json").out)
    assert [run["report"]["counts"]["added"] for run in runs] == [1, 1]


def test_forget_prints_a_receipt(saywhere: Saywhere, notes: Path, tmp_path: Path) -> None:
    """By uri; an unknown document is status 1, and so are remains in a file."""
    data = tmp_path / "data"
    saywhere("ingest", "--data", data, notes)
    unknown = saywhere("forget", "--data", data, "notes/a.txt", "notes/z.txt")
    assert (unknown.status, unknown.out) == (1, "")
    assert "notes/z.txt" in unknown.err
    erased = saywhere("forget", "--data", data, "notes/a.txt")
    assert erased.status == 0
    assert erased.out.startswith("forgot notes/a.txt (")
    assert "sentences looked for: 1, in " in erased.out
    assert "; found: none\n" in erased.out
    assert erased.out.endswith("; they hold none of its text\n")
    assert "the next ingest of its folder takes notes/a.txt in again" in erased.err
    (data / "copy.txt").write_text((notes / "b.txt").read_text())
    remains = saywhere("forget", "--data", data, "--json", "notes/b.txt")
    receipt = json.loads(remains.out)
    assert (remains.status, receipt["clean"], receipt["traces"]) == (1, False, [["copy.txt", 1]])
    assert saywhere("forget", "--data", data).out.startswith("gave back what removed documents left")


def test_near_duplicates_are_reported(saywhere: Saywhere, notes: Path, tmp_path: Path) -> None:
    """Their number after the run, their names in the report."""
    data, words = tmp_path / "data", [f"Berth {n} is for boats of class {n * 7 % 11}." for n in range(40)]
    (notes / "berths.txt").write_text(" ".join(words), "utf-8")
    (notes / "berths old.txt").write_text(" ".join([*words[:-1], "All others are for guests."]), "utf-8")
    assert "1 groups of near-duplicates" in saywhere("ingest", "--data", data, notes).out
    report = saywhere("report", "--data", data).out
    assert "  alike  notes/berths old.txt, notes/berths.txt (0.9" in report


def test_a_report_of_an_empty_folder_is_an_error(saywhere: Saywhere, tmp_path: Path) -> None:
    """The data folder isn't created."""
    result = saywhere("report", "--data", tmp_path / "data")
    assert (result.status, "no documents have been ingested" in result.err) == (1, True)
    assert not (tmp_path / "data").exists()


def test_an_invalid_pattern_is_wrong_use(saywhere: Saywhere, notes: Path, tmp_path: Path) -> None:
    """Status 2, before the data folder is opened."""
    result = saywhere("ingest", "--data", tmp_path / "data", notes, "--exclude", "!")
    assert (result.status, "pattern" in result.err) == (2, True)
    assert not (tmp_path / "data").exists()


def test_a_missing_path_is_named(saywhere: Saywhere, tmp_path: Path) -> None:
    """It is a failure, not an empty success."""
    result = saywhere("ingest", "--data", tmp_path / "data", tmp_path / "nowhere")
    assert result.status == 1
    assert "nowhere" in result.err


@pytest.mark.usefixtures("zero_threshold")
def test_ask_prints_answer_statement_and_citation(saywhere: Saywhere, ingested: Path) -> None:
    """Of the headline question: the name, and the sentence that says so."""
    result = saywhere("ask", "--data", ingested, *QUESTION.split())
    assert result.status == 0
    assert "Grady Judd" in result.out.splitlines()[0]
    assert "[1]" in result.out
    assert "apology" in result.out


@pytest.mark.usefixtures("zero_threshold")
def test_ask_json_is_the_answer_of_http(saywhere: Saywhere, ingested: Path) -> None:
    """With the trace on request."""
    result = saywhere("ask", "--data", ingested, "--json", "--trace", QUESTION)
    answer = AnswerOut.model_validate_json(result.out)
    assert answer.answered
    assert answer.trace is not None
    assert answer.trace.retrieved > 0
    assert set(answer.trace.models) == {"embedder", "reader", "span_reader"}


def test_an_abstention_ends_with_0(saywhere: Saywhere, ingested: Path) -> None:
    """The nearest passages are shown."""
    result = saywhere("ask", "--data", ingested, "What did Grady Judd say to the president?")
    assert result.status == 0
    assert "nearest first" in result.out


def test_without_documents_ask_names_ingest(saywhere: Saywhere, tmp_path: Path) -> None:
    """The output says how to add documents."""
    result = saywhere("ask", "--data", tmp_path, "Who?")
    assert result.status == 0
    assert "saywhere ingest" in result.out


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_data_folder_that_does_not_exist_is_wrong_use(
    saywhere: Saywhere, command: str, tmp_path: Path
) -> None:
    """Status 2 and one line with the whole path; nothing is made there."""
    result = saywhere(command, "--data", tmp_path / "dta", "Who?")
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"saywhere: there is no data folder {tmp_path / 'dta'}: ")
    assert result.err.count("\n") == 1
    assert not (tmp_path / "dta").exists()


def test_search_shows_passages(saywhere: Saywhere, ingested: Path) -> None:
    """As text and as JSON."""
    plain = saywhere("search", "--data", ingested, "-k", "2", QUESTION)
    assert "[2]" in plain.out
    assert "[3]" not in plain.out
    response = SearchOut.model_validate_json(saywhere("search", "--data", ingested, "--json", QUESTION).out)
    assert any("apology" in result.citation.quote for result in response.results)


@pytest.mark.parametrize(
    "arguments",
    [["ask"], ["ask", "   "], ["ask", "x" * 10_000], ["ingest"], ["nonsense"], ["search", "-k", "0", "x"],
     ["verify", "/nowhere.json"], ["ask", "--nonsense", "x"]],
    ids=lambda arguments: " ".join(arguments)[:20],
)  # fmt: skip
def test_wrong_use_is_status_2(
    saywhere: Saywhere, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a message on standard error and without a traceback."""
    monkeypatch.setenv("SAYWHERE_DATA", str(tmp_path))
    result = saywhere(*arguments)
    assert result.status == 2
    assert result.err
    assert "Traceback" not in result.err


def test_an_invalid_setting_is_named(saywhere: Saywhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, by its environment variable."""
    monkeypatch.setenv("SAYWHERE_THREADS", "many")
    result = saywhere("ask", "Who?")
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert "SAYWHERE_THREADS" in result.err


def test_an_invalid_group_of_settings_is_named(saywhere: Saywhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group given whole must be JSON."""
    monkeypatch.setenv("SAYWHERE_LIMITS", "many")
    result = saywhere("ask", "Who?")
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert "limits" in result.err


def test_an_unknown_collection_is_an_error(saywhere: Saywhere, ingested: Path) -> None:
    """Status 1 and one line, which lists those there are."""
    for command in ("ask", "search"):
        result = saywhere(command, "--data", ingested, "--collection", "nope", "Who?")
        assert (result.status, result.out) == (1, "")
        assert result.err == "saywhere: there is no collection 'nope'; there are: default\n"


def test_a_misspelt_setting_is_told_with_the_nearest(
    saywhere: Saywhere, ingested: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the command goes on: the name may be another program's."""
    monkeypatch.setenv("SAYWHERE_THREDS", "1")
    monkeypatch.setenv("SAYWHERE_REPOSITORY", "ours")
    result = saywhere("search", "--data", ingested, "apology")
    assert result.status == 0
    assert result.err == (
        "saywhere: SAYWHERE_THREDS is no setting and has no effect; did you mean SAYWHERE_THREADS?\n"
    )


def test_an_interrupt_ends_with_130(saywhere: Saywhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with one line."""
    import api.cli.commands.ask

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api.cli.commands.ask, "run", interrupted)
    result = saywhere("ask", "Who?")
    assert (result.status, result.err) == (130, "saywhere: interrupted\n")


@pytest.fixture
def answer(saywhere: Saywhere, zero_threshold: None, ingested: Path) -> dict[str, object]:
    """A saved answer to the headline question."""
    saved: dict[str, object] = json.loads(saywhere("ask", "--data", ingested, "--json", QUESTION).out)
    return saved


@pytest.mark.parametrize("form", ["one", "list", "lines"])
def test_a_fresh_answer_verifies(
    saywhere: Saywhere, ingested: Path, answer: dict[str, object], tmp_path: Path, form: str
) -> None:
    """Saved as one answer, as a list, or one per line."""
    saved = {
        "one": json.dumps(answer, indent=2),
        "list": json.dumps([answer, answer]),
        "lines": f"{json.dumps(answer)}\n{json.dumps(answer)}\n",
    }[form]
    file = tmp_path / "saved.json"
    file.write_text(saved, "utf-8")
    result = saywhere("verify", file, "--data", ingested)
    assert (result.status, result.out) == (0, "")
    count = len(answer["citations"]) * (1 if form == "one" else 2)  # type: ignore[arg-type]
    assert result.err == f"{count} of {count} citations hold\n"


def test_verify_reads_standard_input(
    saywhere: Saywhere, ingested: Path, answer: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in ``saywhere ask --json … | saywhere verify -``."""
    monkeypatch.setattr(sys, "stdin", StringIO(json.dumps(answer)))
    assert saywhere("verify", "-", "--data", ingested).status == 0


def test_verify_names_changed_quotes(
    saywhere: Saywhere, ingested: Path, answer: dict[str, object], tmp_path: Path
) -> None:
    """Another quote of the same length, and one of another length."""
    first, *_ = answer["citations"]  # type: ignore[misc]
    swapped = {**first, "quote": "X" + first["quote"][1:]}
    longer = {**first, "quote": first["quote"] + "!"}
    file = tmp_path / "saved.json"
    file.write_text(json.dumps({**answer, "citations": [first, swapped, longer]}), "utf-8")
    result = saywhere("verify", file, "--data", ingested)
    assert result.status == 1
    assert [line.split()[1] for line in result.out.splitlines()] == ["[2]", "[3]"]
    assert result.err == "1 of 3 citations hold\n"


@pytest.mark.usefixtures("zero_threshold")
def test_verify_names_the_new_place_of_a_moved_quote(saywhere: Saywhere, tmp_path: Path) -> None:
    """After an insertion above it."""
    folder, data, file = tmp_path / "docs", tmp_path / "data", tmp_path / "saved.json"
    shutil.copytree(SEEDS, folder)
    saywhere("ingest", "--data", data, folder)
    file.write_text(saywhere("ask", "--data", data, "--json", QUESTION).out, "utf-8")
    [article] = folder.glob("*.txt")
    article.write_text("A new first line.\n" + article.read_text("utf-8"), "utf-8")
    saywhere("ingest", "--data", data, folder)
    result = saywhere("verify", file, "--data", data)
    start = json.loads(file.read_text("utf-8"))["citations"][0]["start"]
    assert result.status == 1
    assert f"{start + len('A new first line.') + 1}-" in result.out.splitlines()[0]


@pytest.mark.parametrize("saved", ["", "not json", "{}", "[1]", '{"citations": [{}]}', "[" * 100_000, "\xff"])
def test_verify_of_a_file_without_answers_is_wrong_use(
    saywhere: Saywhere, tmp_path: Path, saved: str
) -> None:
    """Status 2, not "0 of 0 hold"."""
    file = tmp_path / "saved.json"
    file.write_text(saved, "latin-1")
    result = saywhere("verify", file, "--data", tmp_path)
    assert result.status == 2
    assert "Traceback" not in result.err


def test_doctor_passes_on_a_sound_folder(saywhere: Saywhere, ingested: Path) -> None:
    """A line for each version, model, catalog and index."""
    result = saywhere("doctor", "--data", ingested)
    assert result.status == 0
    for text in ("chromadb", "embedder", "reader", "1 in 'default'", "agree with the catalog"):
        assert text in result.out


def test_doctor_finds_a_damaged_catalog(saywhere: Saywhere, tmp_path: Path) -> None:
    """A catalog that is no database is named."""
    (tmp_path / "catalog.sqlite3").write_bytes(b"not a database, but long enough to look like one" * 100)
    result = saywhere("doctor", "--data", tmp_path)
    assert result.status == 1
    assert "WRONG  catalog" in result.out


def test_another_embedder_is_refused_until_the_index_is_rebuilt(
    saywhere: Saywhere, ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the command, and the command works."""
    shutil.copytree(ingested, tmp_path / "copy")
    monkeypatch.setenv("SAYWHERE_EMBEDDER_PRECISION", "fp32")
    refused = saywhere("ask", "who demanded an apology?", "--data", str(tmp_path / "copy"))
    assert refused.status == 1
    assert "saywhere rebuild" in refused.err
    rebuilt = saywhere("rebuild", "--data", str(tmp_path / "copy"))
    assert (rebuilt.status, rebuilt.out) == (0, "indexes made anew of 1 documents\n")
    search = saywhere("search", "who demanded an apology?", "--data", str(tmp_path / "copy"))
    assert "apology" in search.out


def test_version_prints_the_version(saywhere: Saywhere) -> None:
    """And nothing else."""
    assert saywhere("--version") == Completed(0, f"{version('saywhere')}\n", "")


def test_help_imports_no_heavy_library() -> None:
    """No settings, HTTP, console or model library, so that it is instant."""
    heavy = ("pydantic", "rich", "fastapi", "uvicorn", "numpy", "onnxruntime", "chromadb", "torch")
    script = (
        "import sys\nfrom api.cli.main import main\nsys.argv = ['saywhere', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"
    assert "ingest" in result.stdout
