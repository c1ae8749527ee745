-- The whole state of a sandbox. `PRAGMA user_version` counts the migrations in store/mod.rs.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Accounts that hold, or once held, an event data store (reference 7.2).
CREATE TABLE customers (
    account TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE event_data_stores (
    seq                 INTEGER PRIMARY KEY AUTOINCREMENT,
    id                  TEXT NOT NULL UNIQUE,
    arn                 TEXT NOT NULL UNIQUE,
    account             TEXT NOT NULL,
    region              TEXT NOT NULL,
    name                TEXT NOT NULL,
    status              TEXT NOT NULL,
    ready_at            INTEGER NOT NULL,
    deletion_at         INTEGER,
    selectors           TEXT NOT NULL,
    multi_region        INTEGER NOT NULL,
    organization        INTEGER NOT NULL,
    retention           INTEGER NOT NULL,
    billing_mode        TEXT NOT NULL,
    protected           INTEGER NOT NULL,
    kms_key_id          TEXT,
    federation_status   TEXT NOT NULL,
    federation_role_arn TEXT,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    UNIQUE (account, region, name)
);

CREATE TABLE channels (
    seq              INTEGER PRIMARY KEY AUTOINCREMENT,
    id               TEXT NOT NULL UNIQUE,
    arn              TEXT NOT NULL UNIQUE,
    account          TEXT NOT NULL,
    region           TEXT NOT NULL,
    name             TEXT NOT NULL,
    source           TEXT NOT NULL,
    service          TEXT,
    success_time     INTEGER,
    success_event_id TEXT,
    error_code       TEXT,
    attempt_time     INTEGER,
    attempt_event_id TEXT,
    UNIQUE (account, region, name)
);

CREATE TABLE destinations (
    channel  INTEGER NOT NULL REFERENCES channels (seq) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    type     TEXT NOT NULL,
    location TEXT NOT NULL,
    PRIMARY KEY (channel, position)
) WITHOUT ROWID;

CREATE INDEX destinations_by_location ON destinations (location);

CREATE TABLE resource_policies (
    resource_arn TEXT PRIMARY KEY,
    document     TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE tags (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    resource_arn TEXT NOT NULL,
    key          TEXT NOT NULL,
    value        TEXT,
    UNIQUE (resource_arn, key)
);

-- One row per event and destination. `record` is the stored event as readers see it, `event_data` the exact
-- text that was sent; `event_time` is in seconds, `visible_at` in milliseconds of the sandbox's clock.
CREATE TABLE events (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    store       TEXT NOT NULL,
    event_id    TEXT NOT NULL,
    entry_id    TEXT NOT NULL,
    uid         TEXT NOT NULL,
    event_time  INTEGER NOT NULL,
    visible_at  INTEGER NOT NULL,
    channel_arn TEXT NOT NULL,
    record      TEXT NOT NULL,
    event_data  TEXT NOT NULL
);

CREATE INDEX events_by_store ON events (store, event_time);
