-- Every time is an INTEGER: whole microseconds since 1970-01-01 UTC.
-- `record` holds a frozen record of core/records.py as JSON, fields at their default left out; what is searched for
-- stands beside it in columns, and rules where both say the same.

CREATE TABLE feeds (
    name TEXT PRIMARY KEY,
    synced INTEGER NOT NULL,            -- 1 while the configuration names it, 0 after
    next_poll INTEGER,                  -- NULL: due at once
    record TEXT NOT NULL                -- FeedState
) WITHOUT ROWID;
CREATE INDEX feeds_due ON feeds (next_poll) WHERE synced = 1;

-- Ids of core/clean.py (24 hexadecimal digits) are kept as 12 bytes in entries and articles: show them with
-- lower(hex(id)). A text longer than 500 characters may be a BLOB, compressed with zlib.

-- One row an entry of a feed: enough to know it again. It outlives its article (no foreign key), so that an archive
-- published again brings nothing new.
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,             -- the order in which they came
    key BLOB NOT NULL UNIQUE,           -- core.clean.entry_key
    hash BLOB NOT NULL,                 -- core.clean.content_hash of what was last served
    article INTEGER NOT NULL,           -- articles.number
    guid TEXT,                          -- NULL: the same as the article's link
    served INTEGER NOT NULL             -- the day it was last served (date.toordinal), or up to 30 days before
);
CREATE INDEX entries_article ON entries (article);

CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which they came; never given twice
    id BLOB NOT NULL UNIQUE,            -- core.clean.article_id
    feed TEXT NOT NULL,
    guid TEXT,                          -- NULL: the same as url
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,              -- or BLOB
    content TEXT NOT NULL,              -- or BLOB
    text TEXT,                          -- or BLOB; NULL: title, summary, content, those that are not empty, a line each
    author TEXT NOT NULL,
    source TEXT NOT NULL,
    language TEXT NOT NULL,
    published INTEGER,                  -- NULL: the same as seen
    dated INTEGER NOT NULL,             -- 0: the feed gave no date, and published is when it was first seen
    seen INTEGER NOT NULL,
    received TEXT,                      -- or BLOB; JSON: where the Entry as received differs from this; NULL: nowhere
    hash BLOB NOT NULL,                 -- content_hash of that Entry
    revision INTEGER NOT NULL,          -- 1, and one more with every edit
    label TEXT,                         -- NULL: not judged (judging it failed)
    score REAL,                         -- NULL: not judged
    version TEXT                        -- the classifier that judged it; NULL: not judged
);
CREATE INDEX articles_seen ON articles (seen);

-- What an edited article was before.
CREATE TABLE revisions (
    article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    hash BLOB NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,              -- or BLOB
    content TEXT NOT NULL,              -- or BLOB
    published INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (article, revision)
) WITHOUT ROWID;

-- The last verdict on an article worth explaining; for all others the columns of `articles` say enough.
CREATE TABLE findings (
    article INTEGER PRIMARY KEY REFERENCES articles (number) ON DELETE CASCADE,
    record TEXT NOT NULL                -- Finding
);

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,             -- the order in which they were made
    article TEXT NOT NULL,
    incident TEXT,                      -- NULL: the article tells no attack
    at INTEGER NOT NULL,
    record TEXT NOT NULL                -- Decision
);
CREATE INDEX decisions_article ON decisions (article);
CREATE INDEX decisions_incident ON decisions (incident) WHERE incident IS NOT NULL;

CREATE TABLE failures (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    subject TEXT NOT NULL,              -- an entry's key, a feed's name, a delivery's id
    error TEXT NOT NULL
);
CREATE INDEX failures_at ON failures (at);

-- The newest revision of every incident, as far as it is searched for.
CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    status TEXT NOT NULL,
    wave TEXT NOT NULL,                 -- '': part of none
    last_news INTEGER NOT NULL,
    width INTEGER NOT NULL              -- how long the interval is that holds the attack; the widest bounds a search
) WITHOUT ROWID;
CREATE INDEX incidents_news ON incidents (last_news);
CREATE INDEX incidents_status ON incidents (status, last_news);
CREATE INDEX incidents_wave ON incidents (wave) WHERE wave <> '';
CREATE INDEX incidents_width ON incidents (width);

-- Where an incident is looked for: 'base:ID', 'in:IQ' (any incident of that country), 'in:' (any), 'loose:IQ' (known no
-- nearer than the country), 'loose:' (not even that). None for an incident that was merged away.
CREATE TABLE incident_places (
    place TEXT NOT NULL,
    latest INTEGER NOT NULL,
    earliest INTEGER NOT NULL,
    incident TEXT NOT NULL REFERENCES incidents (id),
    PRIMARY KEY (place, latest, earliest, incident)
) WITHOUT ROWID;
CREATE INDEX incident_places_incident ON incident_places (incident);

CREATE TABLE incident_revisions (
    incident TEXT NOT NULL REFERENCES incidents (id),
    revision INTEGER NOT NULL,
    at INTEGER NOT NULL,
    record TEXT NOT NULL,               -- Incident without its statements and articles
    PRIMARY KEY (incident, revision)
) WITHOUT ROWID;

-- Statements and articles of an incident by the revisions they belong to: a revision that adds one writes one row.
-- `place` puts them in order; one that comes between two gets a number between theirs.
CREATE TABLE incident_statements (
    id INTEGER PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incidents (id),
    since INTEGER NOT NULL,             -- the first revision that has it
    until INTEGER,                      -- the first that has it no more; NULL: the newest one has it
    place REAL NOT NULL,
    record TEXT NOT NULL,               -- Statement without its prints
    prints BLOB NOT NULL                -- Statement.prints, four bytes each, the low one first
);
CREATE INDEX incident_statements_incident ON incident_statements (incident);

CREATE TABLE incident_articles (
    id INTEGER PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incidents (id),
    since INTEGER NOT NULL,
    until INTEGER,                      -- as above
    place REAL NOT NULL,
    article TEXT NOT NULL
);
CREATE INDEX incident_articles_incident ON incident_articles (incident);
CREATE INDEX incident_articles_article ON incident_articles (article);

-- What persons mended.
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    incident TEXT NOT NULL,
    other TEXT,                         -- the other incident of a merge or a split; NULL: none
    record TEXT NOT NULL                -- Correction
);
CREATE INDEX corrections_incident ON corrections (incident);
CREATE INDEX corrections_other ON corrections (other) WHERE other IS NOT NULL;

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    record TEXT NOT NULL                -- Alert
) WITHOUT ROWID;
CREATE INDEX alerts_at ON alerts (at);

CREATE TABLE alert_incidents (
    incident TEXT NOT NULL,
    alert TEXT NOT NULL REFERENCES alerts (id),
    PRIMARY KEY (incident, alert)
) WITHOUT ROWID;

-- The outbox: one row an alert and destination.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    alert TEXT NOT NULL REFERENCES alerts (id),
    destination TEXT NOT NULL,
    state TEXT NOT NULL,                -- DeliveryState
    attempts INTEGER NOT NULL,          -- sends begun
    doubts INTEGER NOT NULL,            -- sends of which nobody can say whether they arrived
    due INTEGER NOT NULL,               -- when it is tried next; of no meaning once settled for good
    lease_until INTEGER,                -- NULL: nobody is sending it
    error TEXT NOT NULL,                -- '': none
    settled INTEGER,                    -- when a send last ended; NULL: none has
    UNIQUE (alert, destination)
);
CREATE INDEX deliveries_open ON deliveries (destination, due) WHERE state IN ('waiting', 'claimed');
CREATE INDEX deliveries_state ON deliveries (state);

-- The state of the process, for `status`: last poll, last reload, heartbeat.
CREATE TABLE notes (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
