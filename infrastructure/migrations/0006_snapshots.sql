-- What long histories came to, so that they need not be gone through from the start. A cache: not logged, since whatever
-- is lost of it is made again from the log.

CREATE UNLOGGED TABLE log.snapshots (
    originator_id uuid        PRIMARY KEY,
    kind          text        COLLATE "C" NOT NULL,
    version       integer     NOT NULL,
    -- Of the code that made it: any other code goes through the history itself.
    fingerprint   bytea       NOT NULL,
    -- Of the event of that version: in another log, such as an older one that was restored, it is another event.
    position      bigint      NOT NULL,
    recorded_at   timestamptz NOT NULL,
    state         bytea       NOT NULL,
    taken_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT SELECT, INSERT, UPDATE ON log.snapshots TO q2c_writer;
