-- The only way to write to the log. Each helper is VOLATILE, so that each of its statements sees what was committed
-- before the lock was taken, and what earlier saves of the same batch wrote.

-- Which aggregates' new events do not follow on what is recorded. A stream begins at version 1, or at 0.
CREATE FUNCTION log.broken_streams(ids uuid[], versions integer[]) RETURNS uuid[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT array_agg(stream.id)
        FROM (
            SELECT event.id, min(event.before) AS lowest, max(event.before) AS highest,
                   (SELECT max(e.originator_version) FROM log.events e WHERE e.originator_id = event.id) AS head
            FROM (
                SELECT id, version - row_number() OVER (PARTITION BY id ORDER BY number) AS before
                FROM unnest(ids, versions) WITH ORDINALITY AS given (id, version, number)
            ) AS event
            GROUP BY event.id
        ) AS stream
        WHERE lowest <> highest OR lowest <> coalesce(head, CASE lowest WHEN -1 THEN -1 ELSE 0 END)
    );
END $$;

-- Which aggregates are no longer as they were read; version 0 says that there was none.
CREATE FUNCTION log.changed_reads(ids uuid[], versions integer[]) RETURNS uuid[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT array_agg(DISTINCT read.id)
        FROM unnest(ids, versions) AS read (id, version)
        WHERE read.version <> coalesce(
            (SELECT max(e.originator_version) FROM log.events e WHERE e.originator_id = read.id), 0)
    );
END $$;

-- The scope of the first claim that another owner holds. A claim without owner gives the value up.
CREATE FUNCTION log.taken_scope(scopes text[], "values" text[], owners uuid[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT wanted.scope
        FROM unnest(scopes, "values", owners) WITH ORDINALITY AS wanted (scope, value, owner, number)
        JOIN log.claims held ON held.scope = wanted.scope AND held.value = wanted.value AND held.owner <> wanted.owner
        WHERE NOT EXISTS (
            SELECT FROM unnest(scopes, "values", owners) AS given (scope, value, owner)
            WHERE given.owner IS NULL AND given.scope = wanted.scope AND given.value = wanted.value)
        ORDER BY wanted.number LIMIT 1
    );
END $$;

CREATE FUNCTION log.keep_claims(scopes text[], "values" text[], owners uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM log.claims held
    USING unnest(scopes, "values", owners) AS given (scope, value, owner)
    WHERE given.owner IS NULL AND held.scope = given.scope AND held.value = given.value;
    INSERT INTO log.claims
    SELECT scope, value, owner FROM unnest(scopes, "values", owners) AS wanted (scope, value, owner)
    WHERE owner IS NOT NULL
    ON CONFLICT DO NOTHING;
END $$;

-- Whether no save of the batch has anything to do with another, nor with what is recorded, but to follow on it.
CREATE FUNCTION log.all_new(
    actors text[], keys text[], ids uuid[], versions integer[], read_ids uuid[], read_versions integer[],
    scopes text[], "values" text[], owners uuid[]
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT count(DISTINCT (actor, key)) = cardinality(keys) FROM unnest(actors, keys) AS save (actor, key))
        AND NOT EXISTS (
            SELECT FROM unnest(actors, keys) AS save (actor, key)
            JOIN log.events e ON e.actor = save.actor AND e.key = save.key)
        AND log.broken_streams(ids, versions) IS NULL
        AND (cardinality(read_ids) = 0
            OR NOT read_ids && ids AND log.changed_reads(read_ids, read_versions) IS NULL)
        AND (cardinality(scopes) = 0
            OR array_position(owners, NULL) IS NULL
            AND (SELECT count(DISTINCT (scope, value)) = cardinality(scopes)
                 FROM unnest(scopes, "values") AS wanted (scope, value))
            AND log.taken_scope(scopes, "values", owners) IS NULL);
END $$;

-- The latter arrays hold, save after save, what the former say of each; `ends` is where each save's events end.
CREATE FUNCTION log.insert_events(
    head bigint, now timestamptz, actors text[], keys text[], digests bytea[], metadata bytea[],
    ends integer[], ids uuid[], versions integer[], topics text[], states bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO log.events (
        position, originator_id, originator_version, recorded_at, topic, state, metadata, actor, key, digest)
    SELECT head + row, id, version, now, topic, state, metadata[save],
           CASE row WHEN ends[save] THEN actors[save] END,
           CASE row WHEN ends[save] THEN keys[save] END,
           CASE row WHEN ends[save] THEN digests[save] END
    FROM unnest(ids, versions, topics, states) WITH ORDINALITY AS event (id, version, topic, state, row),
         -- The first save that ends at this row or after it.
         LATERAL (SELECT 1 + width_bucket(row::integer - 1, ends)) AS of_save (save);
END $$;

CREATE TYPE log.verdict AS (
    outcome text, "position" bigint, recorded_at timestamptz, aggregates uuid[], scope text);

-- What is to be said of one save, before it is written.
CREATE FUNCTION log.judge(
    save_actor text, save_key text, save_digest bytea, ids uuid[], versions integer[],
    read_ids uuid[], read_versions integer[], scopes text[], "values" text[], owners uuid[]
) RETURNS log.verdict LANGUAGE plpgsql AS $$
DECLARE
    verdict log.verdict;
BEGIN
    SELECT CASE e.digest WHEN save_digest THEN 'replay' ELSE 'key_reused' END, e.position, e.recorded_at INTO verdict
    FROM log.events e WHERE e.actor = save_actor AND e.key = save_key;
    IF FOUND THEN
        RETURN verdict;
    END IF;
    verdict.aggregates := log.broken_streams(ids, versions);
    IF verdict.aggregates IS NOT NULL THEN
        verdict.outcome := 'stale';
        RETURN verdict;
    END IF;
    verdict.aggregates := log.changed_reads(read_ids, read_versions);
    IF verdict.aggregates IS NOT NULL THEN
        verdict.outcome := 'changed';
        RETURN verdict;
    END IF;
    verdict.scope := log.taken_scope(scopes, "values", owners);
    verdict.outcome := CASE WHEN verdict.scope IS NULL THEN 'new' ELSE 'claim_taken' END;
    RETURN verdict;
END $$;

-- Arrays run in parallel: one entry a save, one an event, one a read, one a claim; the latter three stand in the order
-- of their saves, and `ends`, `read_ends`, `claim_ends` have for each save the number of its last one. A row answers
-- each save, in order:
--   new | replay      position and time of its last event (replay: as recorded earlier under the same key and digest)
--   key_reused        the actor used the key for another request
--   stale             `aggregates`, which it writes, were written by others since
--   changed           `aggregates`, which it only read, were written by others since
--   claim_taken       the value of a claim in `scope` has another owner
CREATE FUNCTION log.append(
    actors text[], keys text[], digests bytea[], metadata bytea[],
    ends integer[], ids uuid[], versions integer[], topics text[], states bytea[],
    read_ends integer[], read_ids uuid[], read_versions integer[],
    claim_ends integer[], scopes text[], "values" text[], owners uuid[]
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
    start   bigint;
    head    bigint;
    now     timestamptz;
    verdict log.verdict;
    e0 integer; e1 integer; r0 integer; r1 integer; c0 integer; c1 integer;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'log.append needs READ COMMITTED: it must see what was committed before it had the lock';
    END IF;
    PERFORM pg_advisory_xact_lock(1903, 1);
    SELECT e.position, greatest(e.recorded_at, clock_timestamp()) INTO head, now
    FROM log.events e ORDER BY e.position DESC LIMIT 1;
    start := coalesce(head, 0);
    head := start;
    now := coalesce(now, clock_timestamp());

    IF log.all_new(actors, keys, ids, versions, read_ids, read_versions, scopes, "values", owners) THEN
        PERFORM log.insert_events(head, now, actors, keys, digests, metadata, ends, ids, versions, topics, states);
        IF cardinality(scopes) > 0 THEN
            PERFORM log.keep_claims(scopes, "values", owners);
        END IF;
        PERFORM pg_notify('log', (head + cardinality(ids))::text);
        RETURN QUERY SELECT 'new', start + e, now, NULL::uuid[], NULL::text FROM unnest(ends) AS e;
        RETURN;
    END IF;

    FOR s IN 1 .. cardinality(keys) LOOP
        e0 := coalesce(ends[s - 1], 0) + 1;       e1 := ends[s];
        r0 := coalesce(read_ends[s - 1], 0) + 1;  r1 := read_ends[s];
        c0 := coalesce(claim_ends[s - 1], 0) + 1; c1 := claim_ends[s];
        verdict := log.judge(actors[s], keys[s], digests[s], ids[e0:e1], versions[e0:e1],
            read_ids[r0:r1], read_versions[r0:r1], scopes[c0:c1], "values"[c0:c1], owners[c0:c1]);
        IF verdict.outcome = 'new' THEN
            PERFORM log.insert_events(head, now, actors[s:s], keys[s:s], digests[s:s], metadata[s:s],
                ARRAY[1 + e1 - e0], ids[e0:e1], versions[e0:e1], topics[e0:e1], states[e0:e1]);
            PERFORM log.keep_claims(scopes[c0:c1], "values"[c0:c1], owners[c0:c1]);
            head := head + 1 + e1 - e0;
            verdict.position := head;
            verdict.recorded_at := now;
        END IF;
        RETURN NEXT verdict;
    END LOOP;
    IF head > start THEN
        PERFORM pg_notify('log', head::text);
    END IF;
END $$;
