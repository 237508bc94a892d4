"""Why a service refuses a request, in one line that says what to do.

The codes are those of "Error responses" in the S3 API reference.
"""

from __future__ import annotations

from ingest.sources.remote import Reply
from ingest.sources.s3.listing import read_error
from rag.settings import S3Settings

_OTHER_REGION = frozenset({
    "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
})  # fmt: skip
_WRONG_KEYS = {
    "InvalidAccessKeyId": "it doesn't know the access key (SAYWHERE_S3__ACCESS_KEY)",
    "SignatureDoesNotMatch": "the secret key isn't that of the access key (SAYWHERE_S3__SECRET_KEY)",
    "InvalidToken": "the session token is wrong (SAYWHERE_S3__SESSION_TOKEN)",
    "ExpiredToken": "the keys have expired (SAYWHERE_S3__SESSION_TOKEN)",
    "RequestTimeTooSkewed": "this machine's clock differs too much from the service's",
    "InvalidObjectState": "it is archived: restore it first",
}


def reason_of(reply: Reply, bucket: str, settings: S3Settings) -> str:
    """Why a request about a bucket was refused.

    Args:
        reply: with another status than 200.
    """
    error = read_error(reply.body)
    region = reply.headers.get("x-amz-bucket-region", "") or error.region
    if error.code in _WRONG_KEYS:
        return _WRONG_KEYS[error.code]
    if error.code in _OTHER_REGION or (
        reply.status in (301, 307, 400) and region not in ("", settings.region)
    ):
        where = f"in the region {_plain(region)}" if region else "in another region"
        return f"the bucket {bucket} is {where}, not {settings.region} (SAYWHERE_S3__REGION)"
    if error.code == "NoSuchBucket" or (reply.status == 404 and not error.code):
        return f"there is no bucket {bucket}"
    if error.code == "AccessDenied" or reply.status in (401, 403):
        if settings.access_key is None:
            return f"the bucket {bucket} isn't open to everybody (SAYWHERE_S3__ACCESS_KEY)"
        return f"access to the bucket {bucket} is denied: the key needs s3:ListBucket and s3:GetObject"
    said = _plain(f"{error.code} {error.message}").strip()
    return f"the service answers {reply.status}{f' ({said})' if said else ''}"


def _plain(text: str) -> str:
    """A service's words in one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
