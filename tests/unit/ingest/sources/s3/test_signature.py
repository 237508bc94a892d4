"""Signatures are those of AWS's published examples."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from ingest.sources.s3.signature import NO_BODY, Credentials, SignedRequests, authorization, canonical_request

# "Signature Calculations for the Authorization Header", Amazon S3 API reference.
S3_KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
S3_DAY = datetime(2013, 5, 24, tzinfo=UTC)
S3_HEADERS = {
    "Host": "examplebucket.s3.amazonaws.com",
    "x-amz-content-sha256": NO_BODY,
    "x-amz-date": "20130524T000000Z",
}
# "Signature Version 4 test suite".
SUITE_KEYS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SUITE_TIME = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
SUITE_HEADERS = {"Host": "example.amazonaws.com", "X-Amz-Date": "20150830T123600Z"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNRESERVED = f"-._~0123456789{LETTERS}{LETTERS.lower()}"


@pytest.mark.parametrize(
    ("path", "query", "more", "signature"),
    [
        (
            "/test.txt", "", {"Range": "bytes=0-9"},
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        ("/", "lifecycle", {}, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("/", "max-keys=2&prefix=J", {}, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
    ids=["object", "bucket-lifecycle", "list"],
)  # fmt: skip
def test_s3_s_examples(path: str, query: str, more: dict[str, str], signature: str) -> None:
    """Of the reference of S3, with its headers."""
    headers = {**S3_HEADERS, **more}
    request = canonical_request("GET", path, query, headers)
    header = authorization(request, headers, S3_KEYS, at=S3_DAY, region="us-east-1")
    scope = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"
    assert header.startswith(f"{scope}, SignedHeaders=host;")
    assert header.endswith(f"Signature={signature}")


@pytest.mark.parametrize(
    ("method", "query", "signature"),
    [
        ("GET", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            "GET", "Param2=value2&Param1=value1",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "GET", "%E1%88%B4=bar",
            "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
        ),
        (
            "GET", f"{UNRESERVED}={UNRESERVED}",
            "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
        ),
    ],
    ids=["get-vanilla", "post-vanilla", "query-order-key-case", "utf8-query", "query-unreserved"],
)  # fmt: skip
def test_the_suite_s_requests(method: str, query: str, signature: str) -> None:
    """Of the test suite of Signature Version 4."""
    request = canonical_request(method, "/", query, SUITE_HEADERS)
    header = authorization(
        request, SUITE_HEADERS, SUITE_KEYS, at=SUITE_TIME, region="us-east-1", service="service"
    )
    assert header.endswith(f"SignedHeaders=host;x-amz-date, Signature={signature}")


def test_a_session_token_is_signed_and_no_secret_is_sent() -> None:
    """Nor does one stand in the text of the credentials."""
    keys = Credentials("AKID", "very-secret", "of-a-session")
    request = httpx.Request("GET", "https://minio.example:9000/b/a%20b.md")
    next(SignedRequests(keys, region="eu-central-1").auth_flow(request))
    assert "host;x-amz-content-sha256;x-amz-date;x-amz-security-token" in request.headers["authorization"]
    assert request.headers["x-amz-security-token"] == "of-a-session"
    assert "very-secret" not in str(request.headers.raw) + repr(keys)
    assert "of-a-session" not in repr(keys)
