-- Queries and what came out of them. Times are in milliseconds of the sandbox's clock.

CREATE TABLE queries (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    id             TEXT NOT NULL UNIQUE,
    account        TEXT NOT NULL,
    region         TEXT NOT NULL,
    statement      TEXT NOT NULL,
    status         TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    -- From QUEUED to RUNNING: the moment of which the result is.
    runs_at        INTEGER NOT NULL,
    -- From RUNNING to `outcome`, if by then no looks are left.
    ends_at        INTEGER NOT NULL,
    -- How many more times it is still to be found unfinished.
    looks          INTEGER NOT NULL,
    outcome        TEXT NOT NULL,
    -- How many rows stay readable after a time-out; half of them if there is no number.
    readable       INTEGER,
    -- How many rows can be read before it has ended.
    early          INTEGER NOT NULL,
    -- How a NULL is told in a row: empty, missing or null.
    nulls          TEXT NOT NULL,
    ended_at       INTEGER,
    error          TEXT,
    rows           INTEGER NOT NULL DEFAULT 0,
    bytes_scanned  INTEGER NOT NULL DEFAULT 0,
    events_scanned INTEGER NOT NULL DEFAULT 0,
    events_matched INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX queries_unfinished ON queries (runs_at) WHERE ended_at IS NULL;
CREATE INDEX queries_by_creation ON queries (created_at);

-- The stores that a query reads.
CREATE TABLE query_stores (
    query INTEGER NOT NULL REFERENCES queries (seq) ON DELETE CASCADE,
    store TEXT NOT NULL,
    PRIMARY KEY (query, store)
) WITHOUT ROWID;

CREATE INDEX query_stores_by_store ON query_stores (store);

-- `row` is a row as it is on the wire; `position` counts from 0.
CREATE TABLE query_rows (
    query    INTEGER NOT NULL REFERENCES queries (seq) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    row      TEXT NOT NULL,
    PRIMARY KEY (query, position)
) WITHOUT ROWID;

-- What is to become of queries that are yet to come: `document` as it was posted, and how many came since.
CREATE TABLE outcomes (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    document TEXT NOT NULL,
    seen     INTEGER NOT NULL
);
