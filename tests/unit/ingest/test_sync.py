"""A sync writes changed files, removes those that are gone, and no single file stops it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from ingest.batch_writer import BATCH_DOCUMENTS
from ingest.formats.limits import DEFAULT, Limits, Recognition
from ingest.ignore import Patterns
from ingest.prepare import Preparer
from ingest.report import Note, Progress, Report
from ingest.scan import preview
from ingest.split import PassageSplitter
from ingest.sync import sync
from rag.errors import ModelError, StorageError
from rag.ports.catalog import Catalog
from rag.ports.resolver import Resolver
from rag.types import Document, Mention, Passage
from tests.fakes.memory_library import MemoryLibrary
from tests.unit.ingest.formats.pdf.drawing import drawn


def run(
    library: MemoryLibrary,
    *paths: Path,
    resolver: Resolver | None = None,
    limit: int = DEFAULT.document_bytes,
    **more: Any,
) -> Report:
    preparer = Preparer(splitter=PassageSplitter(), resolver=resolver, limits=Limits(document_bytes=limit))
    return sync(library, cast(Catalog, library), preparer, paths, **more)


@pytest.fixture
def library() -> MemoryLibrary:
    return MemoryLibrary()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """notes/: a.txt, deep/b.md, a picture, a hidden file and a hidden folder."""
    root = tmp_path / "notes"
    (root / "deep").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "a.txt").write_text("Anna leads the team.")
    (root / "deep" / "b.md").write_text("# B\n\nBob left in May.")
    (root / "logo.gif").write_bytes(b"GIF89a")
    (root / ".secret.md").write_text("hidden")
    (root / ".git" / "c.md").write_text("hidden")
    return root


def test_what_is_read_in_part_is_reported(library: MemoryLibrary, folder: Path) -> None:
    """The document is added; the report says what is missing, and where."""
    (folder / "n.jsonl").write_text('{"text": "One."}\n{"text": \n{"text": "Two."}\n')
    report = run(library, folder)
    assert "notes/n.jsonl" in report.added
    assert report.ok
    assert [(note.uri, note.text[:31]) for note in report.notes] == [
        ("notes/n.jsonl", "not read: line 2 is no JSON: Ex")
    ]
    assert report.to_dict()["notes"]
    assert run(library, folder).notes == ()


def test_text_of_unknown_extension_is_added(library: MemoryLibrary, folder: Path) -> None:
    """By its content; a folder's binary files are skipped whatever their names."""
    (folder / "LICENSE").write_text("Anyone may copy it.")
    (folder / "plan.zzz").write_text("Anna leads.")
    (folder / "core").write_bytes(bytes(range(256)) * 4)
    report = run(library, folder)
    assert {"notes/LICENSE", "notes/plan.zzz"} <= set(report.added)
    assert "notes/core" in report.skipped


def test_a_first_sync_adds_what_can_be_read(library: MemoryLibrary, folder: Path) -> None:
    """Uris start with the folder's name; hidden files are left out, other formats are skipped."""
    report = run(library, folder)
    assert report.added == ("notes/a.txt", "notes/deep/b.md")
    assert report.skipped == ("notes/logo.gif",)
    assert report.ok
    assert report.passages == 2
    assert library.uris == {"notes/a.txt", "notes/deep/b.md"}


def test_a_second_sync_writes_nothing(library: MemoryLibrary, folder: Path) -> None:
    """Files are compared by their hash, whatever their dates."""
    run(library, folder)
    (folder / "a.txt").touch()
    report = run(library, folder)
    assert (report.unchanged, report.added, report.changed) == (("notes/a.txt", "notes/deep/b.md"), (), ())
    assert len(library.writes) == 1


def test_changed_and_removed_files_are_reported(library: MemoryLibrary, folder: Path) -> None:
    """An edited file keeps its id and gets a new version; a deleted one is removed."""
    run(library, folder)
    ids = {key for key, change in library.changes.items() if change.document.uri == "notes/a.txt"}
    (folder / "a.txt").write_text("Eve leads the team.")
    (folder / "deep" / "b.md").unlink()
    report = run(library, folder)
    assert (report.changed, report.removed) == (("notes/a.txt",), ("notes/deep/b.md",))
    assert set(library.changes) == ids
    assert [change.document.text for change in library.changes.values()] == ["Eve leads the team."]


def test_a_moved_file_is_renamed(library: MemoryLibrary, folder: Path) -> None:
    """Same bytes elsewhere: the document keeps id and passages, gets the new uri, and isn't read."""
    run(library, folder)
    before = {key: change.passages for key, change in library.changes.items()}
    (folder / "a.txt").rename(folder / "deep" / "a.txt")
    report = run(library, folder)
    assert report.renamed == (("notes/a.txt", "notes/deep/a.txt"),)
    assert (report.added, report.removed, report.passages) == ((), (), 0)
    assert library.uris == {"notes/deep/b.md", "notes/deep/a.txt"}
    assert {key: change.passages for key, change in library.changes.items()} == before
    assert library.writes[-1] == ([], [])
    assert run(library, folder).unchanged == ("notes/deep/a.txt", "notes/deep/b.md")


def test_a_renamed_file_whose_name_is_its_title_is_read_again(library: MemoryLibrary, folder: Path) -> None:
    """It keeps its id, and its title is the new name."""
    run(library, folder)
    ids = set(library.changes)
    (folder / "a.txt").rename(folder / "team_leads.txt")
    assert run(library, folder).renamed == (("notes/a.txt", "notes/team_leads.txt"),)
    assert set(library.changes) == ids
    assert "team leads" in {change.document.title for change in library.changes.values()}
    assert library.uris == {"notes/deep/b.md", "notes/team_leads.txt"}


def test_a_new_file_at_the_old_uri_of_a_renamed_one_is_another_document(
    library: MemoryLibrary, folder: Path
) -> None:
    """The renamed document isn't overwritten."""
    run(library, folder)
    (folder / "a.txt").rename(folder / "deep" / "a.txt")
    run(library, folder)
    (folder / "a.txt").write_text("Zoe leads it now.")
    assert run(library, folder).added == ("notes/a.txt",)
    texts = {change.document.uri: change.document.text for change in library.changes.values()}
    assert (texts["notes/a.txt"], texts["notes/deep/a.txt"]) == ("Zoe leads it now.", "Anna leads the team.")


def test_a_renamed_file_that_cannot_be_read_keeps_its_earlier_version(
    library: MemoryLibrary, folder: Path
) -> None:
    """Under its old uri, until it can be read under the new one."""
    run(library, folder, resolver=FirstSentenceResolver())
    (folder / "a.txt").rename(folder / "b.txt")
    report = run(library, folder, resolver=FirstSentenceResolver(RecursionError("too deep")))
    assert (report.renamed, [f.has_earlier_version for f in report.failed][:1]) == ((), [True])
    assert "notes/a.txt" in library.uris


def test_files_that_patterns_leave_out_are_removed(library: MemoryLibrary, folder: Path) -> None:
    """Whether an ignore file or a pattern of the run leaves them out."""
    run(library, folder)
    (folder / ".saywhereignore").write_text("deep/\n")
    report = run(library, folder)
    assert (report.removed, report.ignored) == (("notes/deep/b.md",), ("notes/deep/", "notes/deep/b.md"))
    (folder / ".saywhereignore").unlink()
    assert run(library, folder, patterns=Patterns(include=("*.md",))).removed == ("notes/a.txt",)
    assert library.uris == {"notes/deep/b.md"}


def test_a_preview_reports_what_a_sync_would_do(library: MemoryLibrary, folder: Path) -> None:
    """With the same lists, and nothing written."""
    run(library, folder)
    (folder / "a.txt").rename(folder / "deep" / "a.txt")
    (folder / "deep" / "b.md").write_text("# B\n\nBob is back.")
    (folder / "c.md").write_text("# C\n\nCarla joined.")
    writes = len(library.writes)
    expected = preview(library.list("default"), Preparer(splitter=PassageSplitter()), [folder])
    assert len(library.writes) == writes
    synced = run(library, folder)
    assert expected.counts() == synced.counts()
    assert (expected.added, expected.changed, expected.renamed) == (
        synced.added,
        synced.changed,
        synced.renamed,
    )


def test_an_unreadable_file_stops_no_other_and_keeps_its_earlier_version(
    library: MemoryLibrary, folder: Path
) -> None:
    """The report has the reason, and whether there is an earlier version."""
    run(library, folder)
    (folder / "a.txt").write_bytes(b"\0\1\2" * 50)
    (folder / "new.txt").write_text("News.")
    (folder / "bad.md").write_bytes(b"\0\1\2" * 50)
    report = run(library, folder)
    assert report.added == ("notes/new.txt",)
    assert {(f.uri, f.has_earlier_version) for f in report.failed} == {
        ("notes/a.txt", True),
        ("notes/bad.md", False),
    }
    assert "binary" in report.failed[0].reason
    assert not report.ok
    assert "notes/a.txt" in library.uris


def test_an_empty_file_is_skipped_and_no_failure(library: MemoryLibrary, folder: Path) -> None:
    """White space alone is empty too; a second sync says the same."""
    (folder / "empty.md").write_text(" \n")
    (folder / "nothing.txt").touch()
    for _ in range(2):
        report = run(library, folder)
        assert (report.empty, report.failed) == (("notes/empty.md", "notes/nothing.txt"), ())
        assert report.counts()["empty"] == 2
    assert not {"notes/empty.md", "notes/nothing.txt"} & set(library.uris)


def test_a_document_that_became_empty_is_a_failure(library: MemoryLibrary, folder: Path) -> None:
    """Its earlier version goes on answering, which somebody has to know."""
    run(library, folder)
    (folder / "a.txt").write_text("")
    report = run(library, folder)
    assert [(f.uri, f.has_earlier_version) for f in report.failed] == [("notes/a.txt", True)]
    assert report.empty == ()
    assert "notes/a.txt" in library.uris


def test_a_file_over_the_limit_is_not_even_read(library: MemoryLibrary, folder: Path) -> None:
    """The reason gives both sizes."""
    report = run(library, folder, limit=20)
    assert [f.uri for f in report.failed] == ["notes/deep/b.md"]
    assert "21 bytes; the limit is 20" in report.failed[0].reason


def test_a_path_that_does_not_exist_is_a_failure(library: MemoryLibrary, folder: Path) -> None:
    """The other paths are synced."""
    report = run(library, folder / "nowhere", folder)
    assert len(report.added) == 2
    assert [f.reason for f in report.failed] == [f"{folder / 'nowhere'}: there is no such file or folder"]


def test_a_single_file_can_be_synced(library: MemoryLibrary, folder: Path) -> None:
    """It has the uri that its folder's sync would give it, and nothing else is removed."""
    run(library, folder / "a.txt")
    assert library.uris == {"notes/a.txt"}
    run(library, folder)
    (folder / "deep" / "b.md").unlink()
    report = run(library, folder / "a.txt")
    assert report.unchanged == ("notes/a.txt",)
    assert library.uris == {"notes/a.txt", "notes/deep/b.md"}


def test_a_file_synced_by_itself_stays_as_long_as_it_exists(library: MemoryLibrary, folder: Path) -> None:
    """A folder's sync would not add README or a hidden file, but doesn't remove them."""
    (folder / "README").write_text("Read me.")
    run(library, folder / "README", folder / ".secret.md")
    report = run(library, folder)
    assert report.removed == ()
    assert report.unchanged == ("notes/.secret.md", "notes/README")
    (folder / "README").unlink()
    assert run(library, folder).removed == ("notes/README",)


def test_a_loop_of_links_is_a_failure(library: MemoryLibrary, tmp_path: Path) -> None:
    """It is reported like a path that does not exist."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "no such file" in run(library, tmp_path / "loop").failed[0].reason


def test_a_single_file_of_an_unsupported_format_is_a_failure(library: MemoryLibrary, folder: Path) -> None:
    """In a folder it is skipped; synced by itself, it fails with the supported formats in the reason."""
    report = run(library, folder / "logo.gif")
    assert "supported are .md" in report.failed[0].reason


def test_pictures_without_text_are_skipped(library: MemoryLibrary, folder: Path) -> None:
    """As those that stand beside documents; a damaged one fails, and so does one that is synced by itself."""
    out = BytesIO()
    Image.new("L", (90, 60), "white").save(out, "PNG")
    (folder / "icon.png").write_bytes(out.getvalue())
    (folder / "pointer.jpg").write_text("version https://git-lfs.github.com/spec/v1\n")
    report = run(library, folder)
    assert report.skipped == ("notes/icon.png", "notes/logo.gif", "notes/pointer.jpg")
    assert report.ok
    assert library.uris == {"notes/a.txt", "notes/deep/b.md"}
    assert "too small for a text" in run(library, folder / "icon.png").failed[0].reason
    (folder / "icon.png").write_bytes(out.getvalue()[:40])
    assert [failure.uri for failure in run(library, folder).failed] == ["notes/icon.png"]


def test_a_folder_inside_a_synced_one_belongs_to_it(library: MemoryLibrary, folder: Path) -> None:
    """No document is ingested twice, and only the inner folder's files are compared."""
    run(library, folder)
    (folder / "a.txt").unlink()
    (folder / "deep" / "c.txt").write_text("Carla joined.")
    report = run(library, folder / "deep")
    assert report.added == ("notes/deep/c.txt",)
    assert library.uris == {"notes/a.txt", "notes/deep/b.md", "notes/deep/c.txt"}


def test_two_folders_of_one_name_get_two_labels(library: MemoryLibrary, folder: Path, tmp_path: Path) -> None:
    """The second is name-2, in later syncs too; neither removes the other's documents."""
    other = tmp_path / "other" / "notes"
    other.mkdir(parents=True)
    (other / "a.txt").write_text("Another.")
    run(library, folder)
    for _ in range(2):
        run(library, other, folder)
    assert library.uris == {"notes/a.txt", "notes/deep/b.md", "notes-2/a.txt"}


def test_collections_are_apart(library: MemoryLibrary, folder: Path) -> None:
    """The same folder in two collections is two sets of documents with ids of their own."""
    run(library, folder)
    run(library, folder, collection="hr")
    assert len(library.changes) == 4
    (folder / "a.txt").unlink()
    run(library, folder, collection="hr")
    assert len(library.changes) == 3


def test_links_that_leave_the_root_are_not_followed(
    library: MemoryLibrary, folder: Path, tmp_path: Path
) -> None:
    """Neither to a file nor to a folder; a link within the root is read."""
    (tmp_path / "outside.txt").write_text("Private.")
    (folder / "out.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "up").symlink_to(tmp_path)
    (folder / "in.txt").symlink_to(folder / "a.txt")
    report = run(library, folder)
    assert report.added == ("notes/a.txt", "notes/deep/b.md", "notes/in.txt")
    assert "notes/out.txt" in report.skipped


def test_a_name_that_is_no_unicode_is_read(library: MemoryLibrary, folder: Path) -> None:
    """Its bytes are escaped, so that every uri can be stored and shown."""
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("Coffee.")
    report = run(library, folder)
    assert "notes/caf\\xe9.txt" in report.added
    assert run(library, folder).added == ()


def test_an_unreadable_folder_keeps_its_documents(
    library: MemoryLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are unknown, not gone (simulated, as root may read every folder)."""
    run(library, folder)
    scandir = os.scandir

    def refusing(path: str) -> Any:
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    report = run(library, folder)
    assert [(f.uri, f.has_earlier_version) for f in report.failed] == [("notes/deep", True)]
    assert "Permission denied" in report.failed[0].reason
    assert library.uris == {"notes/a.txt", "notes/deep/b.md"}


def test_big_folders_are_written_in_batches_and_removed_last(library: MemoryLibrary, folder: Path) -> None:
    """No write has more documents than a batch; removals are in the last one."""
    run(library, folder)
    for number in range(BATCH_DOCUMENTS + 10):
        (folder / f"{number}.txt").write_text(f"Note {number}.")
    (folder / "a.txt").unlink()
    progress_seen: list[Progress] = []
    run(library, folder, progress=progress_seen.append)
    sizes = [(len(changes), len(removals)) for changes, removals in library.writes[1:]]
    assert sizes == [(BATCH_DOCUMENTS, 0), (10, 1)]
    assert [p.read for p in progress_seen] == sorted(p.read for p in progress_seen)
    assert progress_seen[-1].written == progress_seen[-1].total == BATCH_DOCUMENTS + 10


def test_batches_written_before_an_error_stay(folder: Path) -> None:
    """A full disk ends the sync with its error; the next one does the rest."""
    library = MemoryLibrary(fail_on=1)
    for number in range(BATCH_DOCUMENTS):
        (folder / f"{number}.txt").write_text(f"Note {number}.")
    with pytest.raises(StorageError):
        run(library, folder)
    assert len(library.changes) == BATCH_DOCUMENTS
    library.fail_on = None
    report = run(library, folder)
    assert (len(report.unchanged), len(report.added)) == (BATCH_DOCUMENTS, 2)


def test_files_are_read_again_after_a_change_of_rules(library: MemoryLibrary, folder: Path) -> None:
    """With another splitter or resolver the same bytes make other passages."""
    run(library, folder)
    wide = sync(library, cast(Catalog, library), Preparer(splitter=PassageSplitter(90, 200)), [folder])
    assert wide.changed == ("notes/a.txt", "notes/deep/b.md")
    resolved = run(library, folder, resolver=FirstSentenceResolver())
    assert resolved.changed == ("notes/a.txt", "notes/deep/b.md")
    assert run(library, folder, resolver=FirstSentenceResolver()).changed == ()


class FirstSentenceResolver:
    """A resolver for which each passage's last sentence refers to the document's first; or that fails."""

    fingerprint = "first-word"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def resolve(self, document: Document, passages: Sequence[Passage]) -> list[Passage]:
        if self.error is not None:
            raise self.error
        return [
            Passage(
                document_id=p.document_id,
                version=p.version,
                span=p.span,
                sentences=p.sentences,
                mentions=(Mention(span=p.sentences[-1], antecedent=passages[0].sentences[0]),),
            )
            for p in passages
        ]


def test_the_resolver_is_applied(library: MemoryLibrary, folder: Path) -> None:
    """Passages are written with the resolver's mentions."""
    run(library, folder, resolver=FirstSentenceResolver())
    assert all(p.mentions for change in library.changes.values() for p in change.passages)


def test_an_unexpected_error_is_a_failure_of_its_file(library: MemoryLibrary, folder: Path) -> None:
    """It doesn't end the sync."""
    report = run(library, folder, resolver=FirstSentenceResolver(RecursionError("too deep")))
    assert report.failed[0].reason == "a.txt could not be taken in: RecursionError: too deep"


def test_a_missing_model_ends_the_sync(library: MemoryLibrary, folder: Path) -> None:
    """With one error, rather than a failure for each file."""
    with pytest.raises(ModelError):
        run(library, folder, resolver=FirstSentenceResolver(ModelError("no names model")))


def test_what_is_hidden_in_a_file_is_noted_once(library: MemoryLibrary, tmp_path: Path) -> None:
    """When it is written; a second sync writes nothing and has no note. Read if asked for, it isn't noted."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Name", "Salary"])
    book.active.append(["Ada", 4200])
    book.active.column_dimensions["B"].hidden = True
    root = tmp_path / "staff"
    root.mkdir()
    book.save(root / "staff.xlsx")
    note = Note(uri="staff/staff.xlsx", text="hidden, and left out: column B of the sheet Sheet")
    report = run(library, root)
    assert report.notes == (note,)
    assert report.to_dict()["notes"] == [{"uri": note.uri, "text": note.text}]
    assert run(library, root).notes == ()
    preparer = Preparer(splitter=PassageSplitter(), hidden=True)
    shown = sync(library, cast(Catalog, library), preparer, [root])
    assert (shown.changed, shown.notes) == (("staff/staff.xlsx",), ())
    assert "4200" in next(iter(library.changes.values())).document.text


def test_a_document_that_is_read_in_part_is_reported(library: MemoryLibrary, tmp_path: Path) -> None:
    """It is stored, and the report says what wasn't read."""
    (tmp_path / "a.pdf").write_bytes(
        drawn(lambda canvas: canvas.drawString(72, 700, "Words."), lambda canvas: canvas.rect(9, 9, 99, 99))
    )
    preparer = Preparer(
        splitter=PassageSplitter(), limits=Limits(recognition=Recognition(languages="", seconds=0))
    )
    report = sync(library, cast(Catalog, library), preparer, [tmp_path])
    assert [note.text for note in report.notes] == ["not read: page 2: text recognition is switched off"]
    assert [note.uri for note in report.notes] == list(report.added)
    assert report.ok
