"""The files to deploy with: what can be checked of them without a container, a cluster or a Prometheus."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
import yaml
from starlette.testclient import TestClient

from api.app import create_app
from api.cli.app import app as cli
from rag.settings.names import settings_variables
from tests.fakes.engine import FakeBackend, abstention
from tests.fakes.writable_service import writable_service
from tests.packaging.environment import new_environment
from tests.require import ROOT, require_program

EXAMPLES = ROOT / "docs" / "examples"
COMPOSE = ("compose.yaml", "compose-postgres.yaml")
UNITS = ("saywhere.service", "saywhere-backup.service", "saywhere-backup.timer")
_OF_A_SERVICE = {
    "build", "cap_drop", "command", "configs", "depends_on", "environment", "expose", "healthcheck", "image",
    "init", "network_mode", "networks", "ports", "profiles", "read_only", "restart", "security_opt",
    "shm_size", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip


def instructions() -> list[tuple[str, str]]:
    """Of the Containerfile, continued lines joined: name and the rest."""
    text = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in lines]


def last_stage() -> list[tuple[str, str]]:
    steps = instructions()
    return steps[max(i for i, (name, _) in enumerate(steps) if name == "FROM") :]


def values_of(name: str) -> dict[str, str]:
    """The variables that the last stage's ENV sets."""
    pairs = [pair for step, rest in last_stage() if step == name for pair in shlex.split(rest)]
    return dict(pair.split("=", 1) for pair in pairs)


def check_command(arguments: list[str]) -> None:
    """Raises a usage error unless these are arguments of ``saywhere``."""
    command = typer.main.get_command(cli)
    name, *rest = arguments
    command.commands[name].make_context(name, rest, resilient_parsing=False)  # type: ignore[attr-defined]


def document(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((EXAMPLES / name).read_text("utf-8")))


def test_the_image_runs_as_nobody_in_particular() -> None:
    """By number, so that a cluster can tell; what it writes to is /data alone, and its models are inside."""
    steps = last_stage()
    users = [rest for name, rest in steps if name == "USER"]
    assert [user.split(":")[0].isdecimal() and not user.startswith("0") for user in users] == [True]
    assert ("VOLUME", "/data") in steps
    assert values_of("ENV")["SAYWHERE_DATA"] == "/data"
    cache = values_of("ENV")["SAYWHERE_CACHE"]
    [copied] = [rest.split()[-1] for name, rest in steps if name == "COPY"]
    assert Path(cache).is_relative_to(copied)
    assert any(f"SAYWHERE_CACHE={cache}" in rest and "doctor" in rest for _, rest in instructions())
    assert not any(name == "ADD" or "latest" in rest for name, rest in instructions())


def test_the_image_copies_what_there_is() -> None:
    """And its context holds these and nothing else, such as data, keys or the history."""
    copied = [rest.split()[:-1] for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    names = {name for names in copied for name in names}
    assert all((ROOT / name).exists() for name in names)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == names
    assert "*" in ignored


def test_the_image_starts_the_service_and_asks_for_its_health() -> None:
    """By commands that there are."""
    steps = dict(last_stage())
    assert json.loads(steps["ENTRYPOINT"]) == ["saywhere"]
    check_command(json.loads(steps["CMD"]))
    assert "http://127.0.0.1:8000/healthz" in steps["HEALTHCHECK"]
    assert json.loads(steps["CMD"])[-1] == steps["EXPOSE"] == "8000"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_steps_of_the_image_work_in_a_clean_folder(tmp_path: Path) -> None:
    """With the packages that are here in the place of downloaded ones: install, check, serve, health."""
    source = tmp_path / "src"
    source.mkdir()
    for name, rest in instructions():
        if name == "COPY" and "--from" not in rest:
            *sources, target = rest.split()
            goal = source if target.endswith("/") else source / target
            goal.mkdir(exist_ok=True)
            inside = "/." if len(sources) == 1 and (ROOT / sources[0]).is_dir() else ""
            paths = [f"{ROOT / path}{inside}" for path in sources]
            subprocess.run(["cp", "-r", *paths, str(goal)], check=True)
    environment = new_environment(tmp_path / "venv", tmp_path / "work")
    [install] = [rest for name, rest in instructions() if name == "RUN" and "--constraint" in rest]
    assert shlex.split(install)[-1].startswith(".[")
    pip = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    done = environment.run(environment.bin / "python", *pip, source, timeout=600)
    assert done.returncode == 0, done.stderr
    environment.variables["SAYWHERE_DATA"] = str(tmp_path / "data")
    done = environment.saywhere("doctor", timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    command = [environment.bin / "saywhere", "serve", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        command, cwd=environment.work, env=environment.variables, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = re.search(r"http://[^/]+", process.stdout.readline())
            assert url is not None
            assert urllib.request.urlopen(f"{url[0]}/healthz", timeout=10).status == 200  # noqa: S310
            assert httpx.get(f"{url[0]}/readyz", timeout=10).json()["status"] == "ready"
        finally:
            process.terminate()
    assert process.returncode == 0


def variables(service: Mapping[str, Any]) -> dict[str, str]:
    return {k: str(v) for k, v in service.get("environment", {}).items() if k.startswith("SAYWHERE_")}


@pytest.mark.parametrize("name", COMPOSE)
def test_a_compose_file_names_only_what_it_declares(name: str) -> None:
    """Keys of the specification, and volumes, networks, configs and services that are there."""
    compose = document(name)
    assert set(compose) <= {"name", "services", "networks", "volumes", "configs", "x-saywhere"}
    used_volumes: set[str] = set()
    for service in compose["services"].values():
        assert set(service) <= _OF_A_SERVICE, set(service) - _OF_A_SERVICE
        used_volumes |= {v.split(":")[0] for v in service.get("volumes", ()) if v[0] not in ".$/"}
        assert set(service.get("networks", ())) <= set(compose["networks"])
        assert set(service.get("depends_on", ())) <= set(compose["services"])
        assert {c["source"] for c in service.get("configs", ())} <= set(compose.get("configs", ()))
        if "build" in service:
            context = (EXAMPLES / service["build"]["context"]).resolve()
            assert (context / service["build"]["dockerfile"]).is_file()
    assert used_volumes == set(compose["volumes"])


@pytest.mark.parametrize("name", COMPOSE)
def test_containers_of_ours_may_do_nothing_but_serve(name: str) -> None:
    """Their root is read-only, they have no capability, and only the proxy is reached from outside."""
    services = document(name)["services"]
    ours = {key: s for key, s in services.items() if s["image"] == "saywhere"}
    assert len(ours) == 2
    for service in ours.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        check_command([re.sub(r"\$\{(\w+).*?\}", r"\1", part) for part in service["command"]])
        names = variables(service)
        assert set(names) <= set(settings_variables())
        if service["command"][0] == "serve":
            assert "SAYWHERE_API_KEY" in names
            subnet = document(name)["networks"]["inside"]["ipam"]["config"][0]["subnet"]
            assert json.loads(names["SAYWHERE_TRUSTED_PROXIES"]) == [subnet]
    assert [key for key, service in services.items() if "ports" in service] == ["proxy"]


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((EXAMPLES / "kubernetes.yaml").read_text("utf-8")))


def faults(value: object, kind: str, path: str) -> Iterator[str]:
    """What a value has that the type of the Kubernetes API (its client's model) doesn't."""
    from kubernetes import client

    many = re.fullmatch(r"(?:list|dict)[\[(](?:str, )?(.*)[\])]", kind, re.I)
    if many:
        items = value.items() if isinstance(value, dict) else enumerate(value)  # type: ignore[arg-type]
        for key, item in items:
            yield from faults(item, many[1], f"{path}[{key}]")
        return
    model = getattr(client, kind, None)
    if model is None:
        simple = {"str": str, "int": int, "bool": bool, "object": (str, int), "datetime": str}[kind]
        if not isinstance(value, simple):
            yield f"{path} is no {kind}: {value!r}"
        return
    fields = {wire: model.openapi_types[name] for name, wire in model.attribute_map.items()}
    assert isinstance(value, dict), path
    for key, item in value.items():
        if key in fields:
            yield from faults(item, fields[key], f"{path}.{key}")
        else:
            yield f"{path} has no {key}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_kubernetes_objects_are_of_its_api() -> None:
    """Each field is one of its type, as the client of Kubernetes has them."""
    group = {"apps/v1": "V1", "v1": "V1", "networking.k8s.io/v1": "V1", "batch/v1": "V1"}
    kinds = [manifest["kind"] for manifest in manifests()]
    assert kinds == ["StatefulSet", "Service", "Ingress", "PersistentVolumeClaim", "CronJob"]
    found = [fault for m in manifests() for fault in faults(m, group[m["apiVersion"]] + m["kind"], m["kind"])]
    assert found == []
    assert list(faults({"spec": {"replica": 1}}, "V1StatefulSet", "X")) == ["X.spec has no replica"]


def test_the_kubernetes_containers_are_restricted() -> None:
    """Like those of compose, and their commands and settings are ours."""
    pods = [m["spec"]["template"]["spec"] for m in manifests() if m["kind"] == "StatefulSet"]
    pods += [
        m["spec"]["jobTemplate"]["spec"]["template"]["spec"] for m in manifests() if m["kind"] == "CronJob"
    ]
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert str(pod["securityContext"]["runAsUser"]) in dict(last_stage())["USER"]
        [container] = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        check_command(container["args"])
        assert {e["name"] for e in container.get("env", ())} <= set(settings_variables())
        mounts = {mount["name"] for mount in container["volumeMounts"]}
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert mounts - volumes <= {"data"}


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_valid(name: str, tmp_path: Path) -> None:
    """By systemd's own check, with a program that is there in the place of ours."""
    program = require_program("systemd-analyze", "systemd")
    for unit in UNITS:
        text = (EXAMPLES / unit).read_text("utf-8")
        text = text.replace("/opt/saywhere/bin/saywhere", sys.executable)
        (tmp_path / unit).write_text(text)
    done = subprocess.run(
        [program, "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True, timeout=60
    )
    told = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "saywhere" in line]
    assert (done.returncode, told) == (0, [])


@pytest.mark.parametrize("name", [unit for unit in UNITS if unit.endswith(".service")])
def test_a_unit_runs_a_command_of_ours(name: str) -> None:
    """With arguments that it takes."""
    [line] = [x for x in (EXAMPLES / name).read_text("utf-8").splitlines() if x.startswith("ExecStart=")]
    program, *arguments = shlex.split(line.partition("=")[2])
    assert program == "/opt/saywhere/bin/saywhere"
    check_command(arguments)


@pytest.fixture(scope="module")
def metric_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every series that a service gives once it was asked and has taken something in."""
    data = tmp_path_factory.mktemp("data")
    with writable_service(data) as service, service.client() as client:
        job = client.post("/v1/documents", files={"files": ("a.md", b"# A\n\nAda asked.", "text/markdown")})
        with client.stream("GET", f"/v1/jobs/{job.json()['id']}/events") as events:
            events.read()
        names = series(client)
    backend = FakeBackend(script=abstention)
    backend.settings = backend.settings.model_copy(update={"data": data})
    with TestClient(create_app(backend, local=True, worker=1)) as client:
        client.post("/v1/ask", json={"question": "Who?"})
        return names | series(client) | {"up"}  # Prometheus' own


def series(client: TestClient) -> set[str]:
    text = client.get("/metrics").text
    return set(re.findall(r"^([a-z_]+)[ {]", text, re.M))


def expressions(name: str) -> list[str]:
    if name.endswith(".json"):
        dashboard = json.loads((EXAMPLES / name).read_text("utf-8"))
        return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return [rule["expr"] for group in document(name)["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("name", ["grafana-dashboard.json", "prometheus-alerts.yml"])
def test_every_metric_that_is_named_exists(name: str, metric_names: set[str]) -> None:
    """In each expression, whose brackets close; and each label that is asked for is one of its metric."""
    told = expressions(name)
    assert len(told) >= 9
    for expression in told:
        used = set(re.findall(r"\b(?:saywhere|process)_[a-z_]+|\bup\b", expression))
        assert used, expression
        assert used <= metric_names, used - metric_names
        for left, right in ("()", "{}", "[]"):
            assert expression.count(left) == expression.count(right), expression


def test_each_alert_says_what_is_wrong() -> None:
    """In a summary, with a severity; the page about monitoring has it, too."""
    page = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
    for group in document("prometheus-alerts.yml")["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("page", "warn")
            assert rule["annotations"]["summary"]
            assert f"`{rule['alert']}`" in page


def test_the_page_about_monitoring_has_every_metric(metric_names: set[str]) -> None:
    """By its name without the ending of a histogram's series; and names no other."""
    page = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
    ours = {
        re.sub(r"_(bucket|count|sum|created)$", "", name)
        for name in metric_names
        if name.startswith("saywhere_")
    }
    counters = {name for name in ours if f"{name}_total" in ours}  # a counter's time of creation
    assert set(re.findall(r"`(saywhere_[a-z_]+)", page)) == ours - counters


@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus-alerts.yml"])
def test_prometheus_files_are_read(name: str) -> None:
    """As YAML, with the keys that Prometheus knows."""
    known = {"rule_files", "scrape_configs", "groups"}
    assert set(document(name)) <= known
