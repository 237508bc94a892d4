"""``saywhere backup``, ``restore`` and ``rebuild``, as they are run."""

from __future__ import annotations

from pathlib import Path

from rag.backup.manifest import backups_in
from tests.integration.test_damaged_files import run

ANSWER = "Ingrid Sørensen"
QUESTION = "Who is the harbour master of Vardø?"


def test_a_data_folder_is_backed_up_forgotten_in_and_restored(tmp_path: Path) -> None:
    """Each command says what it did; what was forgotten is in no backup any more, the rest is."""
    source, data, backups = tmp_path / "notes", tmp_path / "data", tmp_path / "backups"
    source.mkdir()
    (source / "harbour.md").write_text(f"The harbour master of Vardø is {ANSWER}.\n", "utf-8")
    (source / "secret.md").write_text("The spare key lies under the third lamp post.\n", "utf-8")
    run(data, "ingest", str(source))
    assert run(data, "backup", str(backups)).stdout.startswith("backed up 2 documents and 2 files to ")
    told = run(data, "forget", "secret.md").stdout
    [first] = backups_in(backups)
    assert f"a backup holds it: {first}" in told
    assert "the service's log" in told
    told = run(data, "backup", str(backups), "--keep", "2", "--indexes").stdout
    assert "forgotten documents erased from earlier backups: 1" in told
    assert not any(b"third lamp post" in path.read_bytes() for path in backups.rglob("*") if path.is_file())
    assert "earlier backups removed: 1" in run(data, "backup", str(backups), "--keep", "2").stdout
    assert not first.exists()
    _, with_indexes = backups_in(backups)
    for backup, name in ((backups, "newest"), (with_indexes, "with indexes")):
        restored = tmp_path / name
        assert run(restored, "restore", str(backup)).stdout.startswith("restored 1 documents and 1 files of ")
        assert ANSWER in run(restored, "ask", QUESTION).stdout
    assert run(restored, "rebuild").stdout == "indexes made anew of 1 documents\n"
    assert ANSWER in run(restored, "ask", QUESTION).stdout
