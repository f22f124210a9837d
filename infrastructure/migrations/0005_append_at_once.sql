-- The append of many saves in as few steps as can be: all of them are written, or none is and what stands against each
-- is told. Whoever sends them takes out the ones that are refused and sends the others again: what writes nothing
-- needs no flush, so that a refusal costs its neighbours a round trip and no more.

DROP FUNCTION log.append;
DROP FUNCTION log.judge;
DROP FUNCTION log.all_new;
DROP FUNCTION log.insert_events;
DROP FUNCTION log.broken_streams;
DROP FUNCTION log.changed_reads;
DROP TYPE log.verdict;

-- Each append paid for evaluating what its only writer, the function below, cannot violate.
ALTER TABLE log.events DROP CONSTRAINT events_check, DROP CONSTRAINT events_position_check;

-- The scope of the first claim that another owner holds. A claim without owner gives the value up.
CREATE OR REPLACE FUNCTION log.taken_scope(scopes text[], "values" text[], owners uuid[]) RETURNS text LANGUAGE sql AS $$
    SELECT wanted.scope
    FROM unnest(scopes, "values", owners) WITH ORDINALITY AS wanted (scope, value, owner, number)
    JOIN log.claims held ON held.scope = wanted.scope AND held.value = wanted.value AND held.owner <> wanted.owner
    WHERE NOT EXISTS (
        SELECT FROM unnest(scopes, "values", owners) AS given (scope, value, owner)
        WHERE given.owner IS NULL AND given.scope = wanted.scope AND given.value = wanted.value)
    ORDER BY wanted.number LIMIT 1
$$;

CREATE TYPE log.verdict AS (
    outcome text, save integer, "position" bigint, recorded_at timestamptz, aggregates uuid[], scope text);

-- What stands against each of the saves, the first reason of each; saves against which nothing stands have no row.
--   replay | key_reused   the actor has used the key, for this request or for another one
--   stale                 `aggregates` are not at the version that the save was decided on
--   claim_taken           the value of a claim in `scope` has another owner
CREATE FUNCTION log.objections(
    actors text[], keys text[], digests bytea[],
    expecting integer[], expected_ids uuid[], expected_versions integer[],
    claiming integer[], scopes text[], "values" text[], owners uuid[]
) RETURNS SETOF log.verdict LANGUAGE sql AS $$
    SELECT DISTINCT ON (save) outcome, save, "position", recorded_at, aggregates, scope
    FROM (
        SELECT 1 AS rank, CASE e.digest WHEN given.digest THEN 'replay' ELSE 'key_reused' END AS outcome,
               given.save, e.position, e.recorded_at, NULL::uuid[] AS aggregates, NULL AS scope
        FROM (
            SELECT actor, key, digest, row_number() OVER (ORDER BY number)::integer AS save
            FROM unnest(actors, keys, digests) WITH ORDINALITY AS event (actor, key, digest, number)
            WHERE key IS NOT NULL
        ) AS given
        JOIN log.events e ON e.actor = given.actor AND e.key = given.key
        UNION ALL
        SELECT 2, 'stale', save, NULL, NULL, array_agg(id), NULL
        FROM unnest(expecting, expected_ids, expected_versions) AS given (save, id, version)
        WHERE version <> coalesce(
            (SELECT max(e.originator_version) FROM log.events e WHERE e.originator_id = id), least(version, 0))
        GROUP BY save
        UNION ALL
        SELECT 3, 'claim_taken', save, NULL, NULL, NULL, log.taken_scope(array_agg(s), array_agg(v), array_agg(o))
        FROM unnest(claiming, scopes, "values", owners) AS given (save, s, v, o)
        GROUP BY save
    ) AS found
    WHERE outcome <> 'claim_taken' OR scope IS NOT NULL
    ORDER BY save, rank
$$;

-- Arrays run in parallel: one entry an event (actor, key and digest only with the last one of each save); one an
-- aggregate that a save wrote or read, with the version at which it found it (0: there was none; -1: nor will there
-- have been, as its stream begins at 0); one a claim. The latter two name their saves by number. An aggregate that an
-- earlier save of the same statement leaves at the expected version is not mentioned.
--
-- One row answers that all are written, with the position before the first event; else there is a row for each save
-- that is refused, and nothing is written.
CREATE FUNCTION log.append(
    ids uuid[], versions integer[], topics text[], states bytea[], metadata bytea[],
    actors text[], keys text[], digests bytea[],
    expecting integer[], expected_ids uuid[], expected_versions integer[],
    claiming integer[], scopes text[], "values" text[], owners uuid[]
) RETURNS SETOF log.verdict
LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    -- Plans are made once a session, perhaps while the log is all but empty, and must be right when it is long: all
    -- that is looked up is looked up by an index.
    SET enable_seqscan = off
    SET enable_hashjoin = off
    SET enable_mergejoin = off
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    head bigint;
    now  timestamptz;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'log.append needs READ COMMITTED: it must see what was committed before it had the lock';
    END IF;
    PERFORM pg_advisory_xact_lock(1903, 1);
    SELECT e.position, greatest(e.recorded_at, clock_timestamp()) INTO head, now
    FROM log.events e ORDER BY e.position DESC LIMIT 1;
    IF head IS NULL THEN
        head := 0;
        now := clock_timestamp();
    END IF;

    IF cardinality(scopes) = 0 OR log.taken_scope(scopes, "values", owners) IS NULL THEN
        INSERT INTO log.events (
            position, originator_id, originator_version, recorded_at, topic, state, metadata, actor, key, digest)
        SELECT head + number, id, version, now, topic, state, said, actor, key, digest
        FROM unnest(ids, versions, topics, states, metadata, actors, keys, digests)
            WITH ORDINALITY AS event (id, version, topic, state, said, actor, key, digest, number)
        WHERE NOT EXISTS (
            SELECT FROM unnest(expected_ids, expected_versions) AS expected (id, version)
            WHERE version <> coalesce(
                (SELECT max(e.originator_version) FROM log.events e WHERE e.originator_id = id), least(version, 0)))
        AND NOT EXISTS (
            SELECT FROM unnest(actors, keys) AS given (actor, key)
            JOIN log.events e ON e.actor = given.actor AND e.key = given.key);
        IF FOUND THEN
            IF cardinality(scopes) > 0 THEN
                PERFORM log.keep_claims(scopes, "values", owners);
            END IF;
            PERFORM pg_notify('log', (head + cardinality(ids))::text);
            RETURN QUERY VALUES ('new', 0, head, now, NULL::uuid[], NULL::text);
            RETURN;
        END IF;
    END IF;
    RETURN QUERY SELECT * FROM log.objections(actors, keys, digests, expecting, expected_ids, expected_versions,
        claiming, scopes, "values", owners);
END $$;

REVOKE ALL ON FUNCTION log.append, log.objections, log.taken_scope FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log.append TO q2c_writer;
