-- As before, in one statement instead of one a step: what a step costs is all that a longer log adds.
CREATE OR REPLACE FUNCTION log.position_at(instant timestamptz) RETURNS bigint LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off
AS $$
    WITH RECURSIVE search (low, high) AS (
        SELECT 0::bigint, coalesce((SELECT max(position) FROM log.events), 0)
        UNION ALL
        SELECT CASE WHEN reached THEN middle ELSE low END, CASE WHEN reached THEN high ELSE middle - 1 END
        FROM search, LATERAL (
            SELECT e.position, e.recorded_at <= instant FROM log.events e WHERE e.position = (low + high + 1) / 2
        ) AS probe (middle, reached)
        WHERE low < high
    )
    SELECT low FROM search WHERE low = high
$$;
