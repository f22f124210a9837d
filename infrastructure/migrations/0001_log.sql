-- The one log of the business: every event of every aggregate in one total order.

CREATE SCHEMA log;

CREATE TABLE log.events (
    position           bigint      PRIMARY KEY CHECK (position > 0),
    originator_id      uuid        NOT NULL,
    originator_version integer     NOT NULL,
    recorded_at        timestamptz NOT NULL,
    topic              text        COLLATE "C" NOT NULL,
    state              bytea       NOT NULL,
    -- JSON text, byte for byte as written: a hash may cover it.
    metadata           bytea       NOT NULL,
    -- Only on the last event of each save: who asked for it, under which idempotency key, and what the request said.
    actor              text        COLLATE "C",
    key                text        COLLATE "C",
    digest             bytea,
    UNIQUE (originator_id, originator_version),
    CHECK (num_nulls(actor, key, digest) IN (0, 3))
);

CREATE UNIQUE INDEX events_key ON log.events (actor, key) WHERE key IS NOT NULL;

-- What must be unique across aggregates, and whose it is.
CREATE TABLE log.claims (
    scope text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    owner uuid NOT NULL,
    PRIMARY KEY (scope, value)
);

CREATE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log.events
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();

-- ALWAYS: a session that plays replica is refused too.
ALTER TABLE log.events ENABLE ALWAYS TRIGGER append_only;

-- The last position recorded at or before an instant; 0 before the first. Positions are dense and time is monotone,
-- so that halving finds it without an index on time, which every append would pay for.
CREATE FUNCTION log.position_at(instant timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    low    bigint := 0;
    high   bigint := coalesce((SELECT max(position) FROM log.events), 0);
    middle bigint;
BEGIN
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF (SELECT e.recorded_at <= instant FROM log.events e WHERE e.position = middle) THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN low;
END $$;
