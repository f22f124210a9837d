-- The append of many saves in as few steps as can be: all of them are written, or none is. Whoever sends them then asks
-- what stands against which, takes those out, and sends the others again: what writes nothing needs no flush, so that a
-- refusal costs its neighbours two round trips and no more.

DROP FUNCTION log.append;
DROP FUNCTION log.judge;
DROP FUNCTION log.all_new;
DROP FUNCTION log.insert_events;
DROP FUNCTION log.broken_streams;
DROP FUNCTION log.changed_reads;
DROP FUNCTION log.taken_scope;
DROP FUNCTION log.keep_claims;
DROP TYPE log.verdict;

-- Each append paid for evaluating what its only writer, the function below, cannot violate.
ALTER TABLE log.events DROP CONSTRAINT events_check, DROP CONSTRAINT events_position_check;

-- An event to be written; actor, key and digest only with the last one of its save.
CREATE TYPE log.new_event AS (
    originator_id uuid, originator_version integer, topic text, state bytea, metadata bytea,
    actor text, key text, digest bytea);

-- An aggregate that a save wrote or read, and the version at which it found it (0: there was none; -1: nor will there
-- have been, as its stream begins at 0). What an earlier save of the same statement leaves so is not mentioned.
CREATE TYPE log.expectation AS (save integer, originator_id uuid, version integer);

CREATE TYPE log.claim AS (save integer, scope text, value text, owner uuid);

CREATE TYPE log.objection AS (
    outcome text, save integer, "position" bigint, recorded_at timestamptz, aggregates uuid[], scope text);

-- The scope of the first claim that another owner holds. A claim without owner gives the value up.
CREATE FUNCTION log.taken_scope(claims log.claim[]) RETURNS text LANGUAGE sql AS $$
    SELECT wanted.scope
    FROM unnest(claims) WITH ORDINALITY AS wanted (save, scope, value, owner, number)
    JOIN log.claims held ON held.scope = wanted.scope AND held.value = wanted.value AND held.owner <> wanted.owner
    WHERE NOT EXISTS (
        SELECT FROM unnest(claims) AS given
        WHERE given.owner IS NULL AND given.scope = wanted.scope AND given.value = wanted.value)
    ORDER BY wanted.number LIMIT 1
$$;

CREATE FUNCTION log.keep_claims(claims log.claim[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM log.claims held USING unnest(claims) AS given
    WHERE given.owner IS NULL AND held.scope = given.scope AND held.value = given.value;
    INSERT INTO log.claims
    SELECT scope, value, owner FROM unnest(claims) WHERE owner IS NOT NULL
    ON CONFLICT DO NOTHING;
$$;

-- What stands against each of the saves, the first reason of each; saves against which nothing stands have no row. They
-- are numbered from 1 in the order of their events.
--   replay | key_reused   the actor has used the key, for this request or for another one
--   stale                 `aggregates` are not at the version that the save was decided on
--   claim_taken           the value of a claim in `scope` has another owner
CREATE FUNCTION log.objections(events log.new_event[], expected log.expectation[], claims log.claim[])
RETURNS SETOF log.objection
LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT ON (save) outcome, save, "position", recorded_at, aggregates, scope
    FROM (
        SELECT 1 AS rank, CASE e.digest WHEN given.digest THEN 'replay' ELSE 'key_reused' END AS outcome,
               given.save, e.position, e.recorded_at, NULL::uuid[] AS aggregates, NULL AS scope
        FROM (
            SELECT actor, key, digest, row_number() OVER (ORDER BY number)::integer AS save
            FROM unnest(events) WITH ORDINALITY AS event (id, version, topic, state, said, actor, key, digest, number)
            WHERE key IS NOT NULL
        ) AS given
        JOIN log.events e ON e.actor = given.actor AND e.key = given.key
        UNION ALL
        SELECT 2, 'stale', save, NULL, NULL, array_agg(originator_id), NULL
        FROM unnest(expected) AS given
        WHERE version <> coalesce(
            (SELECT max(e.originator_version) FROM log.events e WHERE e.originator_id = given.originator_id),
            least(version, 0))
        GROUP BY save
        UNION ALL
        SELECT 3, 'claim_taken', save, NULL, NULL, NULL, log.taken_scope(array_agg(given))
        FROM unnest(claims) AS given
        GROUP BY save
    ) AS found
    WHERE outcome <> 'claim_taken' OR scope IS NOT NULL
    ORDER BY save, rank
$$;

-- A row answers that all are written, with the position before the first event. No row, or a unique violation, answers
-- that nothing is; what stands against which save, `log.objections` tells. That nobody has used a key, nor begun an
-- aggregate that is new here, the table's own indexes see to: to look it up first would cost as much again.
CREATE FUNCTION log.append(
    events log.new_event[], expected log.expectation[], claims log.claim[],
    OUT "before" bigint, OUT recorded_at timestamptz
) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    -- Plans are made once a session, perhaps while the log is all but empty, and must be right when it is long: all
    -- that is looked up is looked up by an index.
    SET enable_seqscan = off
    SET enable_hashjoin = off
    SET enable_mergejoin = off
    SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'log.append needs READ COMMITTED: it must see what was committed before it had the lock';
    END IF;
    PERFORM pg_advisory_xact_lock(1903, 1);
    SELECT e.position, greatest(e.recorded_at, clock_timestamp()) INTO "before", recorded_at
    FROM log.events e ORDER BY e.position DESC LIMIT 1;
    IF "before" IS NULL THEN
        "before" := 0;
        recorded_at := clock_timestamp();
    END IF;
    IF cardinality(claims) > 0 AND log.taken_scope(claims) IS NOT NULL THEN
        RETURN;
    END IF;
    INSERT INTO log.events (
        position, originator_id, originator_version, recorded_at, topic, state, metadata, actor, key, digest)
    SELECT "before" + number, id, version, append.recorded_at, topic, state, said, actor, key, digest
    FROM unnest(events) WITH ORDINALITY AS event (id, version, topic, state, said, actor, key, digest, number)
    WHERE NOT EXISTS (
        SELECT FROM unnest(expected) AS given
        WHERE version <> coalesce(
            (SELECT max(e.originator_version) FROM log.events e WHERE e.originator_id = given.originator_id),
            least(version, 0)));
    IF FOUND THEN
        IF cardinality(claims) > 0 THEN
            PERFORM log.keep_claims(claims);
        END IF;
        PERFORM pg_notify('log', ("before" + cardinality(events))::text);
        RETURN NEXT;
    END IF;
END $$;

REVOKE ALL ON FUNCTION log.append, log.objections, log.taken_scope, log.keep_claims FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log.append, log.objections TO q2c_writer;
