"""``saywhere backup``, ``restore`` and ``rebuild``, as they are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.backup.manifest import backups_in
from tests.integration.test_damaged_files import run

ANSWER = "Ingrid Sørensen"
QUERY = "the harbour master of Vardø"


@pytest.mark.timeout(900)  # eight processes, each of which opens the stores
def test_a_data_folder_is_backed_up_forgotten_in_and_restored(tmp_path: Path) -> None:
    """Each command says what it did; what was forgotten is in no backup any more, the rest is."""
    source, data, backups = tmp_path / "notes", tmp_path / "data", tmp_path / "backups"
    source.mkdir()
    (source / "harbour.md").write_text(f"The harbour master of Vardø is {ANSWER}.\n", "utf-8")
    (source / "secret.md").write_text("The spare key lies under the third lamp post.\n", "utf-8")
    run(data, "ingest", str(source))
    assert run(data, "backup", str(backups)).stdout.startswith("backed up 2 documents and 2 files to ")
    told = run(data, "forget", "notes/secret.md").stdout
    [first] = backups_in(backups)
    assert f"a backup holds it: {first}" in told
    assert "the service's log" in told
    told = run(data, "backup", str(backups), "--keep", "2", "--indexes").stdout
    assert "forgotten documents erased from earlier backups: 1" in told
    assert not any(b"third lamp post" in path.read_bytes() for path in backups.rglob("*") if path.is_file())
    restored = tmp_path / "restored"
    assert run(restored, "restore", str(backups)).stdout.startswith("restored 1 documents and 1 files of ")
    assert run(restored, "rebuild").stdout == "indexes made anew of 1 documents\n"
    assert "harbour.md" in run(restored, "search", QUERY).stdout
