/** `PRAGMA user_version` of the tables below; no earlier version was released. */
export const SCHEMA_VERSION = 5;

/** The columns of `jobs` besides `record` are what SQL looks for; `record` is the job, as JSON. */
export const SCHEMA = `
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
  -- Pictures that were uploaded apart from a job; each has its row in uses too, with 'upload' as its job.
  CREATE TABLE uploads (
    sha256 TEXT NOT NULL,
    owner TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    PRIMARY KEY (sha256, owner)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uploads_by_time ON uploads (kept_at);
  CREATE INDEX uploads_by_owner ON uploads (owner);
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
