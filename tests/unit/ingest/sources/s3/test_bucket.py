"""A bucket of a real server is synced: incrementally, by its signatures, and nothing is lost by a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from ingest.ignore import Patterns
from ingest.prepare import Preparer
from ingest.report import Report
from ingest.sources.contract import Source
from ingest.sources.places import Bucket, Place, place_of
from ingest.sources.s3.signature import Credentials, authorization, canonical_request, encoded
from ingest.sources.s3.source import Bucket as BucketSource
from ingest.split import PassageSplitter
from ingest.sync import sync
from rag.ports.catalog import Catalog
from rag.settings import S3Settings
from tests.fakes.memory_library import MemoryLibrary
from tests.fakes.site import FakeSite, served_site
from tests.moto_server import MotoServer, start_moto


@pytest.fixture(scope="module")
def running() -> Iterator[MotoServer]:
    server = start_moto()
    yield server
    server.stop()


@pytest.fixture
def moto(running: MotoServer) -> MotoServer:
    """A server with the bucket ``handbook``."""
    running.reset()
    running.call("s3", "create_bucket", Bucket="handbook")
    return running


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with served_site() as served:
        yield served


def settings(url: str, **more: Any) -> S3Settings:
    return S3Settings(
        **{
            "endpoint_url": url,
            "access_key": SecretStr("any"),
            "secret_key": SecretStr("thing"),
            **more,
        }
    )


def run(
    library: MemoryLibrary,
    given: S3Settings,
    place: str = "s3://handbook/",
    *,
    patterns: Patterns | None = None,
    max_bytes: int = 100_000,
) -> Report:
    def open_source(place: Place, *_: object) -> Source:
        assert isinstance(place, Bucket)
        return BucketSource(place, given, max_bytes=max_bytes, patterns=patterns or Patterns())

    preparer = Preparer(splitter=PassageSplitter())
    catalog = cast(Catalog, library)
    return sync(library, catalog, preparer, [place_of(place)], open_source=open_source)


def reasons(report: Report) -> str:
    return "; ".join(failure.reason for failure in report.failed)


def texts(library: MemoryLibrary) -> dict[str, str]:
    return {c.document.uri: c.document.text.split("\n")[-1] for c in library.changes.values()}


def test_objects_are_documents(moto: MotoServer) -> None:
    """Those in formats that are read, whatever is in their keys; folders and hidden ones aren't told."""
    for key in ("a.md", "deep/b & c+d é%20.txt", "x.bin", "empty.md", "folder/", ".hidden.md", "page.html"):
        moto.put("handbook", key, "" if key in ("empty.md", "folder/") else f"<p>Text of {key[0]}.</p>")
    library = MemoryLibrary()
    report = run(library, settings(moto.url))
    assert report.added == (
        "s3://handbook/a.md", "s3://handbook/deep/b & c+d é%20.txt", "s3://handbook/page.html",
    )  # fmt: skip
    assert (report.skipped, report.empty) == (("s3://handbook/x.bin",), ("s3://handbook/empty.md",))
    assert not report.failed
    assert texts(library)["s3://handbook/page.html"] == "Text of p."


def test_only_what_changed_is_fetched(moto: MotoServer) -> None:
    """The same bytes written again are unchanged, a moved object is a rename, one that is gone is removed."""
    for name in ("a", "b", "c"):
        moto.put("handbook", f"{name}.md", f"# Of {name}\n\nAnna leads team {name}.")
    library = MemoryLibrary()
    run(library, settings(moto.url))
    ids = {change.document.uri: key for key, change in library.changes.items()}
    moto.put("handbook", "a.md", "# Of a\n\nAnna leads team a.")
    moto.put("handbook", "moved/b.md", "# Of b\n\nAnna leads team b.")
    moto.call("s3", "delete_object", Bucket="handbook", Key="b.md")
    moto.put("handbook", "c.md", "# Of c\n\nEve leads team c.")
    report = run(library, settings(moto.url))
    assert report.unchanged == ("s3://handbook/a.md",)
    assert report.renamed == (("s3://handbook/b.md", "s3://handbook/moved/b.md"),)
    assert report.changed == ("s3://handbook/c.md",)
    moto.call("s3", "delete_object", Bucket="handbook", Key="c.md")
    assert run(library, settings(moto.url)).removed == ("s3://handbook/c.md",)
    now = {change.document.uri: key for key, change in library.changes.items()}
    assert now["s3://handbook/moved/b.md"] == ids["s3://handbook/b.md"]


def test_a_long_list_is_read_to_its_end(moto: MotoServer) -> None:
    """Over more than one page of 1,000."""
    moto.put("handbook", "a/0000.md", "The first.")
    for number in range(1, 1_003):
        moto.put("handbook", f"a/{number:04}.bin", "x")
    moto.put("handbook", "a/9999.md", "The last.")
    report = run(MemoryLibrary(), settings(moto.url))
    assert report.added == ("s3://handbook/a/0000.md", "s3://handbook/a/9999.md")
    assert len(report.skipped) == 1_002


def test_a_limit_of_objects_removes_nothing(moto: MotoServer) -> None:
    """The report names it."""
    for name in ("a", "b", "c"):
        moto.put("handbook", f"{name}.md", f"Anna leads team {name}.")
    library = MemoryLibrary()
    run(library, settings(moto.url))
    report = run(library, settings(moto.url, objects=2))
    assert "more than 2 objects" in reasons(report)
    assert (report.removed, len(library.changes)) == ((), 3)


def test_prefix_and_patterns_choose_objects(moto: MotoServer) -> None:
    """Patterns are relative to the folder of the prefix; what they leave out is removed."""
    for key in ("public/a.md", "public/drafts/b.md", "secret/c.md"):
        moto.put("handbook", key, f"Text of {key}.")
    library = MemoryLibrary()
    report = run(library, settings(moto.url), "s3://handbook/public/")
    assert report.added == ("s3://handbook/public/a.md", "s3://handbook/public/drafts/b.md")
    given = Patterns(exclude=("drafts/",))
    report = run(library, settings(moto.url), "s3://handbook/public/", patterns=given)
    assert report.removed == ("s3://handbook/public/drafts/b.md",)


def test_an_object_that_is_too_large_is_not_asked_for(moto: MotoServer) -> None:
    """The others are taken in."""
    moto.put("handbook", "a.md", "x" * 2_000)
    moto.put("handbook", "b.md", "Short.")
    report = run(MemoryLibrary(), settings(moto.url), max_bytes=1_000)
    assert report.added == ("s3://handbook/b.md",)
    assert "2,000 bytes; the limit is 1,000" in reasons(report)


@pytest.fixture
def secured(moto: MotoServer) -> Iterator[tuple[MotoServer, dict[str, str]]]:
    """A server that checks signatures by botocore, and the keys of a user who may read one bucket."""
    moto.put("handbook", "a b/c.md", "Anna leads the team.")
    moto.call("s3", "create_bucket", Bucket="payroll")
    statement = {
        "Effect": "Allow",
        "Action": ["s3:ListBucket", "s3:GetObject"],
        "Resource": ["arn:aws:s3:::handbook", "arn:aws:s3:::handbook/*"],
    }
    moto.call("iam", "create_user", UserName="reader")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    moto.call("iam", "put_user_policy", UserName="reader", PolicyName="read", PolicyDocument=policy)
    made = moto.call("iam", "create_access_key", UserName="reader")["AccessKey"]
    moto.require_signatures()
    yield moto, {"access_key": made["AccessKeyId"], "secret_key": made["SecretAccessKey"]}
    moto.reset()


def test_a_server_that_checks_signatures_takes_ours(secured: tuple[MotoServer, dict[str, str]]) -> None:
    """Of the list and of an object."""
    moto, keys = secured
    library = MemoryLibrary()
    report = run(library, settings(moto.url, **keys))
    assert (report.added, reasons(report)) == (("s3://handbook/a b/c.md",), "")


@pytest.mark.parametrize(
    "key", ["a b/é+.md", "日本.md", "a&b=c?d#e.md", "(1)'!*~_-.md", "a//b.md", "100%.md"]
)
def test_addresses_of_any_key_are_signed_as_botocore_signs_them(moto: MotoServer, key: str) -> None:
    """As they are sent; moto can't check these, not even its own client's."""
    url = f"https://s3.example/handbook/{encoded(key, safe='/')}"
    theirs = moto.signed(url, "AKID", "secret")
    at = datetime.strptime(theirs["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    headers = {name.lower(): theirs[name] for name in ("X-Amz-Date", "X-Amz-Content-SHA256")}
    headers["host"] = "s3.example"
    path = httpx.URL(url).raw_path.decode()
    keys = Credentials("AKID", "secret")
    request = canonical_request("GET", path, "", headers)
    ours = authorization(request, headers, keys, at=at, region="eu-west-3")
    assert ours == theirs["Authorization"]


@pytest.mark.parametrize(
    ("place", "changed", "reason"),
    [
        ("s3://payroll/", {}, "access to the bucket payroll is denied: the key needs s3:ListBucket"),
        ("s3://handbook/", {"secret_key": "x" * 40}, "the secret key isn't that of the access key"),
        ("s3://handbook/", {"access_key": "AKIAUNKNOWN"}, "it doesn't know the access key"),
    ],
    ids=["no-right", "wrong-secret", "unknown-key"],
)
def test_wrong_keys_are_said(
    secured: tuple[MotoServer, dict[str, str]], place: str, changed: dict[str, str], reason: str
) -> None:
    """In one line that has no secret; nothing changes."""
    moto, keys = secured
    report = run(MemoryLibrary(), settings(moto.url, **{**keys, **changed}), place)
    assert reason in reasons(report)
    assert keys["secret_key"] not in reasons(report)


def test_a_bucket_that_is_not_there_is_said(moto: MotoServer) -> None:
    """So is a service that isn't; and documents that were there stay."""
    moto.put("handbook", "a.md", "Anna leads the team.")
    library = MemoryLibrary()
    run(library, settings(moto.url))
    moto.call("s3", "delete_object", Bucket="handbook", Key="a.md")
    moto.call("s3", "delete_bucket", Bucket="handbook")
    report = run(library, settings(moto.url))
    assert "there is no bucket handbook" in reasons(report)
    assert len(library.changes) == 1
    assert "names no bucket" in reasons(run(library, settings(moto.url), "s3://a b/"))


LIST = (
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>{cut}</IsTruncated>'
    "{more}<Contents><Key>{key}</Key><Size>{size}</Size><ETag>{etag}</ETag>"
    "<LastModified>2026-01-01T00:00:00Z</LastModified></Contents></ListBucketResult>"
)
ASKED = "/handbook?encoding-type=url&list-type=2&max-keys=1000"


def listed(
    site: FakeSite, *, key: str = "a.md", more: str = "", cut: str = "false", etag: str = '"x-2"'
) -> None:
    body = LIST.format(key=key, more=more, cut=cut, etag=etag.replace('"', "&quot;"), size=7)
    site.put(ASKED, body, type="application/xml")


def failing(site: FakeSite, code: str, status: int, more: str = "", **headers: str) -> None:
    body = f"<Error><Code>{code}</Code><Message>No.</Message>{more}</Error>"
    site.put(ASKED, body, status=status, type="application/xml", headers=headers)


@pytest.mark.parametrize(
    ("code", "status", "more", "reason"),
    [
        ("PermanentRedirect", 301, "", "in another region, not us-east-1 (SAYWHERE_S3__REGION)"),
        (
            "AuthorizationHeaderMalformed",
            400,
            "<Region>eu-west-3</Region>",
            "in the region eu-west-3, not us-e",
        ),
        ("RequestTimeTooSkewed", 403, "", "this machine's clock"),
        ("ExpiredToken", 400, "", "the keys have expired"),
        ("SlowDown", 418, "", "the service answers 418 (SlowDown No.)"),
    ],
)
def test_refusals_say_what_to_do(site: FakeSite, code: str, status: int, more: str, reason: str) -> None:
    """A redirect isn't followed: the credentials reach no other host."""
    failing(site, code, status, more, Location=f"{site.url}/elsewhere")
    assert reason in reasons(run(MemoryLibrary(), settings(site.url)))
    assert [path for path, _ in site.requests] == [ASKED]


@pytest.mark.parametrize(
    "body",
    ["no xml", "<html/>", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
     "<ListBucketResult><Contents><Key>a</Key><Size>?</Size></Contents></ListBucketResult>",
     '<!DOCTYPE x [<!ENTITY e "a.md">]><Error><Code>&e;</Code></Error>'],
    ids=["text", "page", "cut-off", "no-size", "entity"],
)  # fmt: skip
def test_a_list_that_is_none_changes_nothing(site: FakeSite, body: str) -> None:
    """As it would be with a proxy's login page."""
    listed(site)
    site.put("/handbook/a.md", "Anna.", headers={"ETag": '"x-2"'}, etag=False)
    library = MemoryLibrary()
    assert run(library, settings(site.url)).added == ("s3://handbook/a.md",)
    site.put(ASKED, body, type="application/xml")
    assert "can't be listed" in reasons(run(library, settings(site.url)))
    assert len(library.changes) == 1


def test_a_list_that_turns_in_circles_ends(site: FakeSite) -> None:
    """The same token again is an error."""
    listed(site, cut="true", more="<NextContinuationToken>t</NextContinuationToken>")
    site.pages[ASKED.replace("?", "?continuation-token=t&")] = site.pages[ASKED]
    assert "repeats itself" in reasons(run(MemoryLibrary(), settings(site.url)))


def test_an_object_that_changes_meanwhile_is_left_to_the_next_run(site: FakeSite) -> None:
    """What is fetched has the tag that was listed; a key that leads out by dots is never asked for."""
    listed(site)
    site.put("/handbook/a.md", "Anna.", headers={"ETag": '"y-2"'}, etag=False)
    library = MemoryLibrary()
    assert "changed since it was listed" in reasons(run(library, settings(site.url)))
    del site.pages["/handbook/a.md"]
    assert "gone since it was listed" in reasons(run(library, settings(site.url)))
    listed(site, key="a/../b.md")
    site.asked()
    assert run(library, settings(site.url)).did_nothing
    assert site.asked() == [ASKED]


def test_a_service_that_goes_away_is_not_asked_for_the_rest(site: FakeSite) -> None:
    """After five objects in a row that it doesn't give; what is gone from the list is removed even so."""
    listed(site, key="gone.md")
    site.put("/handbook/gone.md", "Anna.", headers={"ETag": '"x-2"'}, etag=False)
    library = MemoryLibrary()
    run(library, settings(site.url))
    entry = "<Contents><Key>{}.md</Key><Size>7</Size><ETag>x</ETag></Contents>"
    entries = "".join(entry.format(number) for number in range(9))
    site.put(ASKED, f"<ListBucketResult>{entries}</ListBucketResult>", type="application/xml")
    for number in range(9):
        site.put(f"/handbook/{number}.md", "", status=503, headers={"Retry-After": "3600"})
    site.asked()
    report = run(library, settings(site.url))
    assert len(site.asked()) == 1 + 5
    assert [failure.is_whole for failure in report.failed] == [False] * 4 + [True]
    assert "nothing more was asked for" in reasons(report)
    assert report.removed == ("s3://handbook/gone.md",)


@pytest.mark.parametrize("given", [{"access_key": "a"}, {"secret_key": "a"}, {"session_token": "a"}])
def test_half_a_pair_of_keys_is_refused(given: dict[str, str]) -> None:
    """Instead of asking as anybody."""
    with pytest.raises(ValidationError, match=r"set together|that it belongs to"):
        S3Settings(**cast(Any, given))
