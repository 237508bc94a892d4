"""A server that speaks the protocol of S3: moto, in an environment of its own, on loopback.

The environment is the one that ``MOTO_ENVIRONMENT`` names, else one that is made once with pip in the user's
cache. It isn't one of the project: moto and botocore have dependencies of their own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from filelock import FileLock

from rag.settings import Settings
from tests.require import require

REQUIREMENTS = ("moto[s3]==5.1.15", "boto3==1.44.8", "flask==3.1.3", "flask-cors==6.0.5")
_SECONDS = 280
# boto3 in the server's process makes what tests need beside what the project asks for.
_PROGRAM = """
import json, sys
from moto.server import ThreadedMotoServer
import boto3
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
url = "http://127.0.0.1:%d" % server.get_host_and_port()[1]
def client(name, region="us-east-1"):
    return boto3.client(name, endpoint_url=url, region_name=region, aws_access_key_id="admin",
                        aws_secret_access_key="admin")
print(json.dumps(url), flush=True)
def sign(url, access_key, secret_key):
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    request = AWSRequest(method="GET", url=url)
    S3SigV4Auth(Credentials(access_key, secret_key), "s3", "eu-west-3").add_auth(request)
    return dict(request.headers)
for line in sys.stdin:
    call = json.loads(line)
    try:
        function = sign if call["name"] == "sign" else getattr(
            client(call["service"], call["region"]), call["name"])
        answer = function(**call["arguments"])
    except Exception as error:
        answer = {"failed": str(error)}
    print(json.dumps(answer, default=str), flush=True)
"""


@dataclass
class MotoServer:
    """A running server; ``call`` does with boto3 what the project itself never does: writes."""

    url: str
    process: subprocess.Popen[str]

    def call(self, service: str, name: str, *, region: str = "us-east-1", **arguments: Any) -> Any:
        """A call of boto3, as an administrator; refused after ``require_signatures``."""
        request = {"service": service, "name": name, "region": region, "arguments": arguments}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "failed" not in answer, answer
        return answer

    def put(self, bucket: str, key: str, text: str) -> None:
        """Writes an object."""
        self.call("s3", "put_object", Bucket=bucket, Key=key, Body=text)

    def signed(self, url: str, access_key: str, secret_key: str) -> dict[str, str]:
        """The headers by which botocore signs a request for the region eu-west-3, now."""
        keys = {"access_key": access_key, "secret_key": secret_key}
        return dict(self.call("botocore", "sign", url=url, **keys))

    def reset(self, *, unsigned: int | None = None) -> None:
        """Removes everything; ``unsigned`` requests are then taken without a look at their signatures."""
        httpx.post(f"{self.url}/moto-api/reset", trust_env=False).raise_for_status()
        self.require_signatures(10**9 if unsigned is None else unsigned)

    def require_signatures(self, after: int = 0) -> None:
        """From the given number of further requests on, signatures and policies are checked."""
        body = str(after)
        httpx.post(f"{self.url}/moto-api/reset-auth", content=body, trust_env=False).raise_for_status()

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


def start_moto() -> MotoServer:
    """A new server; the test is skipped, or in continuous integration fails, where it can't be had."""
    process = subprocess.Popen(
        [_interpreter(), "-c", _PROGRAM],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    require(line, "moto doesn't start (remove its environment, or set MOTO_ENVIRONMENT)")
    return MotoServer(url=json.loads(line), process=process)


def _interpreter() -> Path:
    named = os.environ.get("MOTO_ENVIRONMENT")
    if named:
        return Path(named) / "bin" / "python"
    digest = sha256("\0".join((*REQUIREMENTS, sys.version)).encode()).hexdigest()[:12]
    folder = Settings().cache.parent / "saywhere-tests" / f"moto-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not (folder / ".installed").exists():
            _install(folder)
    return folder / "bin" / "python"


def _install(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, timeout=_SECONDS)
    command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", *REQUIREMENTS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    require(done.returncode == 0, f"moto can't be installed: {done.stderr.strip()[-300:]}")
    (folder / ".installed").touch()
