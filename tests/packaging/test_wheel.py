"""The wheel works where it is installed: nothing of it is left in the repository."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from importlib.metadata import PathDistribution, version
from pathlib import Path
from zipfile import Path as ZipPath
from zipfile import ZipFile

import httpx
import pytest
from packaging.requirements import Requirement

from tests.packaging.environment import Distribution, Environment, Source
from tests.require import ROOT

PACKAGES = ("api/", "evals/", "ingest/", "rag/")
DATA_SETS = sorted(path.stem for path in (ROOT / "evals" / "datasets").glob("*.jsonl"))
QUESTION = "who demanded an apology?"


@pytest.fixture(scope="module")
def metadata(distribution: Distribution) -> Iterator[PathDistribution]:
    """The wheel's own account of itself."""
    with ZipFile(distribution.wheel) as wheel:
        (folder,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
        yield PathDistribution(ZipPath(wheel, f"{folder}/"))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def data(installed: Environment) -> Path:
    """A data folder with the shipped seeds, ingested by the installed command."""
    folder = installed.work / "data"
    seeds = installed.run(
        installed.bin / "python",
        "-c",
        "from evals.datasets.load import load; print(load('seeds').folder())",
    ).stdout.strip()
    assert Path(seeds).is_relative_to(installed.folder)
    done = installed.saywhere("ingest", seeds, "--data", folder)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout.startswith("1 added")
    return folder


@pytest.fixture(scope="module")
def server(installed: Environment, data: Path) -> Iterator[str]:
    """The address of ``saywhere serve`` on a free port, over a copy: a server owns its data folder."""
    served = shutil.copytree(data, installed.work / "served")
    command = [installed.bin / "saywhere", "serve", "--port", "0", "--data", served]
    with subprocess.Popen(
        command, cwd=installed.work, env=installed.variables, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            address = re.search(r"http://[\d.:]+", process.stdout.readline())
            assert address is not None
            yield address.group()
        finally:
            process.terminate()
            assert process.wait(30) == 0


def test_the_wheel_holds_every_file_of_the_packages_and_the_seeds(
    source: Source, distribution: Distribution
) -> None:
    """Pages of data sets, templates, weights, scripts and styles; no tests, no documents about it."""
    expected = {name for name in source.files if name.startswith(PACKAGES)}
    expected |= {f"evals/datasets/{name}" for name in source.files if name.startswith("seeds/")}
    with ZipFile(distribution.wheel) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == expected


def test_the_source_distribution_holds_the_repository(source: Source, distribution: Distribution) -> None:
    """With its tests and documents: what can be done in a checkout can be done in it."""
    with tarfile.open(distribution.sdist) as sdist:
        names = {member.name.partition("/")[2] for member in sdist.getmembers() if member.isfile()}
    assert source.files - names == {".gitignore"}


def test_licences_are_named_and_included(metadata: PathDistribution) -> None:
    """One expression for code and weights, and the texts that it stands for (PEP 639)."""
    assert metadata.metadata["License-Expression"] == "Apache-2.0 AND CC-BY-SA-4.0"
    texts = metadata.metadata.get_all("License-File")
    models = [f"rag/models/{name}/LICENSE.md" for name in ("reader", "span_reader")]
    assert texts == ["LICENSE", "NOTICE", *models]
    for name in texts:
        assert metadata.read_text(f"licenses/{name}") == (ROOT / name).read_text(encoding="utf-8")


def test_metadata_are_complete(metadata: PathDistribution) -> None:
    """What an index shows and searches by; the page is the README."""
    assert metadata.metadata["Author"]
    assert metadata.metadata["Keywords"]
    assert metadata.metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.metadata.get_payload().strip() == (ROOT / "README.md").read_text(encoding="utf-8").strip()
    assert not [line for line in metadata.metadata.get_all("Classifier") if line.startswith("License")]


def test_dependencies_of_the_wheel_are_those_it_is_tested_with(metadata: PathDistribution) -> None:
    """Each is met by the version that is installed here."""
    requirements = [Requirement(line) for line in metadata.requires or ()]
    plain = [one for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""})]
    assert len(plain) > 20
    assert [str(one) for one in plain if not one.specifier.contains(version(one.name))] == []


def test_nothing_is_imported_from_the_repository(installed: Environment) -> None:
    """Each package comes from the environment it was installed into."""
    names = [package.strip("/") for package in PACKAGES]
    script = "import importlib; [print(importlib.import_module(name).__file__) for name in {}]"
    done = installed.run(installed.bin / "python", "-c", script.format(names))
    files = [Path(line) for line in done.stdout.splitlines()]
    assert len(files) == len(names), done.stderr
    assert all(file.is_relative_to(installed.folder) for file in files), files


def test_the_command_says_what_it_can_do(installed: Environment) -> None:
    """Its help, and its version as it was installed."""
    assert "ingest" in installed.saywhere("--help").stdout
    assert installed.saywhere("--version").stdout.strip() == version("saywhere")


def test_the_headline_question_is_answered(installed: Environment, data: Path) -> None:
    """From the shipped seeds, with the models that the wheel brings or depends on."""
    done = installed.saywhere("ask", QUESTION, "--json", "--data", data)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["answer"] == "Sheriff Grady Judd"


def test_it_serves_answers_pages_and_the_widget(server: str) -> None:
    """The interface, the page, the playground, the widget's script, and a document with its script."""
    answer = httpx.post(f"{server}/v1/ask", json={"question": QUESTION}, timeout=60).json()
    assert answer["answer"] == "Sheriff Grady Judd"
    document = answer["citations"][0]["url"].partition("?")[0]
    for path in ("/", "/playground", "/widget.js", "/openapi.json", "/pages/document.js", document):
        response = httpx.get(f"{server}{path}", timeout=60)
        assert (response.status_code, len(response.content) > 500) == (200, True), path


def test_a_set_whose_documents_are_not_shipped_says_how_to_get_them(installed: Environment) -> None:
    """``guide`` asks about a handbook of others: exit status 2 and one line."""
    done = installed.saywhere("eval", "run", "guide")
    assert (done.returncode, done.stdout) == (2, "")
    assert "guide: there is no folder" in done.stderr
    assert "clone github.com/18F/development-guide" in done.stderr
    assert "saywhere ingest --data DIR" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [name for name in DATA_SETS if name != "guide"])
def test_each_shipped_set_reaches_its_bounds(installed: Environment, name: str) -> None:
    """All cases, over the pages in the wheel."""
    done = installed.saywhere("eval", "run", name, "--no-times", timeout=290)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_short_form_runs_the_seeds_with_a_cache_of_its_own(
    installed: Environment, tmp_path: Path
) -> None:
    """``saywhere eval seeds`` where no model was compiled before, held against the shipped baseline."""
    fresh = Environment(installed.folder, tmp_path, installed.variables | {"XDG_CACHE_HOME": str(tmp_path)})
    done = fresh.saywhere("eval", "seeds", timeout=290)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    assert list((tmp_path / "saywhere").glob("embedder-*/model.onnx"))
