"""The tables of the queue file, as a row of migrations that only ever grows."""

MIGRATIONS = (
    """
    CREATE TABLE batches (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        operation TEXT NOT NULL,
        options TEXT NOT NULL,              -- JSON, a snapshot taken when the batch was made
        preset TEXT NOT NULL,
        folder BLOB NOT NULL,               -- paths are bytes: names need not be UTF-8
        template TEXT NOT NULL,
        conflict TEXT NOT NULL,
        keep_tree INTEGER NOT NULL,
        reuse INTEGER NOT NULL,
        priority INTEGER NOT NULL,
        created REAL NOT NULL,              -- wall clock, for display only
        lease INTEGER,                      -- who is still adding jobs; NULL once it is whole
        is_paused INTEGER NOT NULL DEFAULT 0,
        pause_reason TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        batch INTEGER NOT NULL REFERENCES batches ON DELETE CASCADE,
        state TEXT NOT NULL,
        priority INTEGER NOT NULL,
        name TEXT NOT NULL,                 -- for the find field; undecodable bytes replaced
        weight REAL NOT NULL,               -- work ahead, in the operation's own measure
        attempts INTEGER NOT NULL DEFAULT 0,
        deaths INTEGER NOT NULL DEFAULT 0,
        lease INTEGER,
        cached INTEGER NOT NULL DEFAULT 0,
        size_in INTEGER NOT NULL DEFAULT 0,
        size_out INTEGER,
        seconds REAL,
        finished REAL,
        code TEXT,
        message TEXT,
        notes TEXT NOT NULL DEFAULT '[]'
    );
    CREATE INDEX jobs_by_batch ON jobs (batch, state, priority, id);
    CREATE INDEX jobs_by_state ON jobs (state, id);
    CREATE INDEX jobs_by_lease ON jobs (lease) WHERE lease IS NOT NULL;
    CREATE TABLE files (
        job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
        position INTEGER NOT NULL,
        path BLOB NOT NULL,
        facts TEXT NOT NULL,                -- JSON of what phase 1 found
        PRIMARY KEY (job, position)
    ) WITHOUT ROWID;
    CREATE TABLE targets (
        job INTEGER PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
        key BLOB NOT NULL,                  -- the name as any file system would compare it
        path BLOB NOT NULL,
        is_held INTEGER NOT NULL DEFAULT 1  -- 0: the job had ended and another one took the name
    );
    CREATE UNIQUE INDEX targets_held ON targets (key) WHERE is_held;
    CREATE TABLE outputs (
        job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
        position INTEGER NOT NULL,
        path BLOB NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        is_placed INTEGER NOT NULL,         -- 0: about to get its final name
        PRIMARY KEY (job, position)
    ) WITHOUT ROWID;
    CREATE TABLE made (
        path BLOB PRIMARY KEY,              -- outlives the job: what "update" compares with
        recipe BLOB NOT NULL,
        operation TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE attempts (
        job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
        number INTEGER NOT NULL,
        ended REAL NOT NULL,
        seconds REAL NOT NULL,
        outcome TEXT NOT NULL,
        log TEXT NOT NULL,
        PRIMARY KEY (job, number)
    );
    CREATE TABLE leases (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        pid INTEGER NOT NULL,
        birth TEXT NOT NULL                 -- tells a process from a later one with its number
    );
    CREATE TABLE commands (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        lease INTEGER NOT NULL REFERENCES leases ON DELETE CASCADE,
        verb TEXT NOT NULL,
        job INTEGER NOT NULL
    );
    CREATE TABLE tally (
        batch INTEGER NOT NULL,
        state TEXT NOT NULL,
        jobs INTEGER NOT NULL,
        weight REAL NOT NULL,
        PRIMARY KEY (batch, state)
    ) WITHOUT ROWID;
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO facts VALUES ('tag', lower(hex(randomblob(3))));

    CREATE TRIGGER job_moved AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
        UPDATE tally SET jobs = jobs - 1, weight = weight - OLD.weight
        WHERE batch = OLD.batch AND state = OLD.state;
        INSERT INTO tally VALUES (NEW.batch, NEW.state, 1, NEW.weight)
        ON CONFLICT DO UPDATE SET jobs = jobs + 1, weight = weight + excluded.weight;
    END;
    CREATE TRIGGER job_removed AFTER DELETE ON jobs BEGIN
        UPDATE tally SET jobs = jobs - 1, weight = weight - OLD.weight
        WHERE batch = OLD.batch AND state = OLD.state;
    END;
    """,
    """
    ALTER TABLE targets RENAME TO targets_1;
    CREATE TABLE targets (
        job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
        position INTEGER NOT NULL,          -- a job may hold several names
        key BLOB NOT NULL,
        path BLOB NOT NULL,
        is_held INTEGER NOT NULL DEFAULT 1, -- 0: given up, or an ended job lost it to another
        PRIMARY KEY (job, position)
    ) WITHOUT ROWID;
    INSERT INTO targets SELECT job, 0, key, path, is_held FROM targets_1;
    DROP TABLE targets_1;
    CREATE UNIQUE INDEX targets_held ON targets (key) WHERE is_held;
    ALTER TABLE outputs ADD COLUMN target INTEGER NOT NULL DEFAULT 0;   -- whose file it is
    ALTER TABLE outputs ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0; -- an older file is gone
    UPDATE outputs SET replaced = 1 WHERE job IN (
        SELECT jobs.id FROM jobs JOIN batches ON batches.id = batch
        WHERE conflict IN ('overwrite', 'update')
    );
    ALTER TABLE made ADD COLUMN files INTEGER NOT NULL DEFAULT 1;       -- made by the same run
    CREATE TABLE moves (
        job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
        position INTEGER NOT NULL,
        source BLOB NOT NULL,
        size INTEGER NOT NULL,              -- of the source when it was read, like the next two
        mtime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        digest BLOB NOT NULL,               -- BLAKE3
        target BLOB,                        -- NULL: the first output is its verified copy
        key BLOB,                           -- of the target
        new_mtime_ns INTEGER,               -- of the file under its new name
        new_inode INTEGER,
        state TEXT NOT NULL DEFAULT 'pending',  -- or done, kept, undone
        PRIMARY KEY (job, position)
    ) WITHOUT ROWID;
    CREATE INDEX moves_pending ON moves (key) WHERE state = 'pending';
    CREATE TABLE folders (                  -- made for a batch, taken away when it is undone
        batch INTEGER NOT NULL REFERENCES batches ON DELETE CASCADE,
        path BLOB NOT NULL,
        PRIMARY KEY (batch, path)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE jobs ADD COLUMN item INTEGER;   -- of a data file; NULL: all of the job's files
    """,
    """
    CREATE TABLE secrets (
        batch INTEGER PRIMARY KEY REFERENCES batches ON DELETE CASCADE,
        sealed BLOB NOT NULL                -- nothing in clear, see vault.py
    );
    """,
    """
    ALTER TABLE attempts ADD COLUMN began REAL;     -- wall clock; NULL, like the rest: not measured
    ALTER TABLE attempts ADD COLUMN cpu_s REAL;
    ALTER TABLE attempts ADD COLUMN read_s REAL;
    ALTER TABLE attempts ADD COLUMN decode_s REAL;
    ALTER TABLE attempts ADD COLUMN process_s REAL;
    ALTER TABLE attempts ADD COLUMN encode_s REAL;
    ALTER TABLE attempts ADD COLUMN write_s REAL;
    CREATE TABLE days (                     -- how many jobs ended; outlives the jobs
        day TEXT NOT NULL,                  -- local date
        operation TEXT NOT NULL,
        done INTEGER NOT NULL DEFAULT 0,    -- cached ones among them
        cached INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        skipped INTEGER NOT NULL DEFAULT 0,
        bytes_in INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (day, operation)
    ) WITHOUT ROWID;
    CREATE TABLE runs (                     -- from the first job until nothing was left to do
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        lease INTEGER NOT NULL,             -- of whoever worked; it may be gone
        began REAL NOT NULL,                -- wall clock, like the next one
        told REAL NOT NULL,
        is_over INTEGER NOT NULL,
        figures TEXT NOT NULL               -- JSON
    );
    """,
    """
    DROP TRIGGER job_moved;
    DROP TRIGGER job_removed;
    ALTER TABLE jobs ADD COLUMN sort TEXT NOT NULL DEFAULT '';  -- jobs that take alike: "jpeg 3"
    ALTER TABLE tally RENAME TO tally_before;
    CREATE TABLE tally (
        batch INTEGER NOT NULL,
        state TEXT NOT NULL,
        sort TEXT NOT NULL,
        jobs INTEGER NOT NULL,
        weight REAL NOT NULL,
        PRIMARY KEY (batch, state, sort)
    ) WITHOUT ROWID;
    INSERT INTO tally SELECT batch, state, '', jobs, weight FROM tally_before;
    DROP TABLE tally_before;
    CREATE TRIGGER job_moved AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
        UPDATE tally SET jobs = jobs - 1, weight = weight - OLD.weight
        WHERE batch = OLD.batch AND state = OLD.state AND sort = OLD.sort;
        INSERT INTO tally VALUES (NEW.batch, NEW.state, NEW.sort, 1, NEW.weight)
        ON CONFLICT DO UPDATE SET jobs = jobs + 1, weight = weight + excluded.weight;
    END;
    CREATE TRIGGER job_removed AFTER DELETE ON jobs BEGIN
        UPDATE tally SET jobs = jobs - 1, weight = weight - OLD.weight
        WHERE batch = OLD.batch AND state = OLD.state AND sort = OLD.sort;
    END;
    CREATE TABLE trends (
        operation TEXT NOT NULL,
        format TEXT NOT NULL,               -- '' is all of them, like the next one
        options TEXT NOT NULL,              -- a digest
        sums TEXT NOT NULL,                 -- JSON, of forecast.Trend
        used REAL NOT NULL,                 -- wall clock
        PRIMARY KEY (operation, format, options)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE made ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE digests (
        id INTEGER PRIMARY KEY,
        path BLOB NOT NULL UNIQUE,          -- of a source
        size INTEGER NOT NULL,              -- what it was like when all of it was read
        mtime_ns INTEGER NOT NULL,
        ctime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        digest BLOB NOT NULL                -- BLAKE3
    );
    """,
    """
    ALTER TABLE jobs ADD COLUMN twin INTEGER;   -- the first one with, probably, the same result
    """,
)
