"""The tables of Saywhere's schema; those of the indexes' collections are made with their first rows."""

from __future__ import annotations

from rag.adapters.postgres.connection import Connection
from rag.errors import NoDataFolder, StorageError

FORMAT = "1"
_SCHEMA_LOCK = 0x5A79_0001
WRITER_LOCK = 0x5A79_0002
JOBS_LOCK = 0x5A79_0003
_PGVECTOR = (0, 8)  # the first with iterative scans

_TABLES = """
CREATE TABLE facts (name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE documents (
  id text COLLATE "C" PRIMARY KEY, collection text COLLATE "C" NOT NULL, version text NOT NULL,
  uri text COLLATE "C" NOT NULL, title text COLLATE "C" NOT NULL, media_type text NOT NULL,
  characters integer NOT NULL, passages integer NOT NULL, generation bigint NOT NULL,
  updated_at text NOT NULL, source text NOT NULL, source_sha256 text NOT NULL, metadata text NOT NULL,
  layout text NOT NULL, text bytea NOT NULL,
  pairs bytea[] NOT NULL  -- hashes of the metadata's pairs, for filters
);
CREATE INDEX documents_by_collection ON documents (collection, id);
CREATE INDEX documents_by_uri ON documents (collection, md5(uri));  -- a uri may be too long for an index
CREATE INDEX documents_by_pair ON documents USING gin (pairs);
CREATE TABLE passages (
  id text COLLATE "C" PRIMARY KEY,
  document_id text COLLATE "C" NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  first integer NOT NULL, last integer NOT NULL, spans text NOT NULL
);
CREATE INDEX passages_by_document ON passages (document_id, first);
CREATE TABLE intents (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, collection text NOT NULL,
  document_id text NOT NULL, version text, replaces text, committed boolean NOT NULL DEFAULT false
);
CREATE TABLE originals (
  document_id text COLLATE "C" PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
  name text NOT NULL, media_type text NOT NULL, size bigint NOT NULL, sha256 text COLLATE "C" NOT NULL
);
CREATE INDEX originals_by_hash ON originals (sha256, size);
CREATE TABLE readers (
  document_id text COLLATE "C" NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  name text COLLATE "C" NOT NULL,  -- of a group; '' where no group may read the document
  PRIMARY KEY (document_id, name)
);
CREATE TABLE original_files (sha256 text COLLATE "C" PRIMARY KEY, data bytea NOT NULL);
ALTER TABLE original_files ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE TABLE index_collections (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL,
  name text COLLATE "C" NOT NULL, rows bigint NOT NULL DEFAULT 0, dimensions integer NOT NULL DEFAULT 0,
  has_graph boolean NOT NULL DEFAULT false, text_terms bigint NOT NULL DEFAULT 0,
  context_terms bigint NOT NULL DEFAULT 0, UNIQUE (kind, name)
);
CREATE TABLE index_versions (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  collection integer NOT NULL REFERENCES index_collections (number) ON DELETE CASCADE,
  document_id text COLLATE "C" NOT NULL, version text COLLATE "C" NOT NULL,
  rows integer NOT NULL DEFAULT 0, UNIQUE (collection, document_id, version)
);
CREATE TABLE signatures (
  collection text COLLATE "C" NOT NULL, document_id text COLLATE "C" NOT NULL, version text NOT NULL,
  signature bytea NOT NULL, PRIMARY KEY (collection, document_id)
);
CREATE TABLE secrets (name text PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE keys (
  id text COLLATE "C" PRIMARY KEY, name text NOT NULL, secret_sha256 text NOT NULL, scopes text NOT NULL,
  collections text, groups text NOT NULL, per_minute integer, created_at text COLLATE "C" NOT NULL,
  expires_at text, revoked_at text, number bigint GENERATED ALWAYS AS IDENTITY
);
CREATE TABLE feedback (
  number bigint GENERATED ALWAYS AS IDENTITY, answer_id text COLLATE "C" PRIMARY KEY,
  collection text NOT NULL, question text NOT NULL, answer text NOT NULL, helpful boolean NOT NULL,
  note text NOT NULL, citations text NOT NULL, cited text[] NOT NULL, at text COLLATE "C" NOT NULL
);
CREATE INDEX feedback_by_time ON feedback (at, number);
CREATE TABLE questions (
  number bigint GENERATED ALWAYS AS IDENTITY, id text COLLATE "C" PRIMARY KEY,
  collection text COLLATE "C" NOT NULL, question text COLLATE "C" NOT NULL, outcome text NOT NULL,
  confidence double precision NOT NULL, filters text COLLATE "C" NOT NULL, passages text NOT NULL,
  cited text[] NOT NULL, helpful boolean, generation bigint NOT NULL, answered_at text NOT NULL,
  at text COLLATE "C" NOT NULL
);
CREATE INDEX questions_by_time ON questions (at, number);
CREATE TABLE jobs (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, kind text NOT NULL,
  state text NOT NULL, collection text COLLATE "C" NOT NULL, created_at text NOT NULL,
  started_at text NOT NULL, ended_at text NOT NULL, total integer NOT NULL, done integer NOT NULL,
  report text NOT NULL, error text NOT NULL, starts integer NOT NULL DEFAULT 0, owner integer
);
CREATE INDEX jobs_by_state ON jobs (state, number);
CREATE TABLE uploads (
  job text NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, position integer NOT NULL,
  name text NOT NULL, uri text NOT NULL, media_type text, title text, metadata text NOT NULL,
  data bytea NOT NULL, PRIMARY KEY (job, position)
);
"""


def prepare(connection: Connection, place: str, *, read_only: bool) -> None:
    """Makes the tables where there are none.

    Raises:
        NoDataFolder: there are none, and none may be made.
        StorageError: the tables have another format, or the server lacks pgvector.
        psycopg.Error: the server can't be used.
    """
    stored = _format(connection)
    if stored is None and read_only:
        raise NoDataFolder(f"no documents have been ingested into {place}")
    if stored is None:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_SCHEMA_LOCK])
            stored = _format(connection)
            if stored is None:
                _require_pgvector(connection, place)
                connection.execute("CREATE SCHEMA IF NOT EXISTS saywhere")
                connection.execute(_TABLES)
                connection.execute("INSERT INTO facts VALUES ('format', %s)", [FORMAT])
                stored = FORMAT
    if stored != FORMAT:
        raise StorageError(
            f"{place} has format {stored}, this release uses {FORMAT}: use the release that made it"
        )


def _format(connection: Connection) -> str | None:
    row = connection.execute("SELECT to_regclass('saywhere.facts') IS NOT NULL").fetchone()
    if row is None or not row[0]:
        return None
    row = connection.execute("SELECT value FROM saywhere.facts WHERE name = 'format'").fetchone()
    return str(row[0]) if row else None


def _require_pgvector(connection: Connection, place: str) -> None:
    query = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    row = connection.execute(query).fetchone()
    if row is None:
        available = connection.execute(
            "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"
        ).fetchone()
        if not available or not available[0]:
            raise StorageError(f"{place} has no extension pgvector: install it on the server")
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        row = connection.execute(query).fetchone()
    version = tuple(int(part) for part in str(row[0] if row else "0").split(".")[:2])
    if version < _PGVECTOR:
        raise StorageError(
            f"{place} has pgvector {row[0] if row else '?'}; 0.8 or newer is needed "
            "(ALTER EXTENSION vector UPDATE)"
        )
