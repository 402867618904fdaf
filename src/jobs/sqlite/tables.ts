/** `PRAGMA user_version` of the tables below. Versions 1 and 2 were never released. */
export const SCHEMA_VERSION = 5;

/** Pictures that were uploaded apart from a job; each has its row in `uses` too, with `upload` as its job. */
const UPLOADS = `
  CREATE TABLE uploads (
    sha256 TEXT NOT NULL,
    owner TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    PRIMARY KEY (sha256, owner)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uploads_by_time ON uploads (kept_at);
  CREATE INDEX uploads_by_owner ON uploads (owner);`;

/** The columns of `jobs` besides `record` are what SQL looks for; `record` is the job, as JSON. */
const SCHEMA = `
  CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    status TEXT NOT NULL,
    owner TEXT NOT NULL,
    idempotency_key TEXT,
    model TEXT NOT NULL,
    priority INTEGER NOT NULL,
    tag INTEGER NOT NULL,
    not_before INTEGER,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    prompts TEXT NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    images INTEGER NOT NULL DEFAULT 0,
    record TEXT NOT NULL,
    UNIQUE (owner, idempotency_key)
  ) STRICT;
  CREATE INDEX jobs_by_status ON jobs (status, id);
  CREATE INDEX jobs_by_owner ON jobs (owner, status, id);
  CREATE INDEX jobs_in_order ON jobs (priority DESC, tag, id) WHERE status = 'QUEUED';
  CREATE INDEX jobs_of_owner ON jobs (owner, priority, tag) WHERE status = 'QUEUED';
  CREATE INDEX jobs_by_end ON jobs (finished_at, id) WHERE finished_at IS NOT NULL;
  CREATE TABLE served (
    priority INTEGER NOT NULL,
    owner TEXT NOT NULL,
    tag INTEGER NOT NULL,
    PRIMARY KEY (priority, owner)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE paused (model TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE uses (
    sha256 TEXT NOT NULL,
    job TEXT NOT NULL,
    source_of TEXT,
    PRIMARY KEY (sha256, job)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uses_by_job ON uses (job);
  ${UPLOADS}
  CREATE TABLE expired (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    owner TEXT
  ) STRICT;
  CREATE TABLE expired_objects (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL UNIQUE,
    source_of TEXT
  ) STRICT;`;

/** From version 4, which knew neither uploads nor tags, and did not count images. */
const FROM_4 = `
  ${UPLOADS}
  ALTER TABLE jobs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE jobs ADD COLUMN images INTEGER NOT NULL DEFAULT 0;
  UPDATE jobs SET images = coalesce(json_array_length(record, '$.images'), 0) WHERE json_valid(record);`;

/** From version 3, which knew neither whose source an object is nor whose job has expired. */
const FROM_3 = `
  ALTER TABLE uses ADD COLUMN source_of TEXT;
  ALTER TABLE expired ADD COLUMN owner TEXT;
  ALTER TABLE expired_objects ADD COLUMN source_of TEXT;
  UPDATE uses SET source_of = (SELECT owner FROM jobs WHERE id = uses.job
    AND CASE WHEN json_valid(record) THEN json_extract(record, '$.request.source.sha256') END = uses.sha256);
  CREATE INDEX jobs_by_owner ON jobs (owner, status, id);
  ${FROM_4}`;

/** What brings the tables of an earlier version up to date; 0: there are none yet. */
export const CHANGES: Readonly<Record<number, string>> = { 0: SCHEMA, 3: FROM_3, 4: FROM_4 };
