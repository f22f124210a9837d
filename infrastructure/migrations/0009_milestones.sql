-- A position at an instant costs the same in a log of any length: every 256th event is a milestone, found by its time,
-- and from there it is eight halvings. Other events pay nothing for the index but the look at their position.
CREATE INDEX milestones ON log.events (recorded_at, position) WHERE position % 256 = 0;

CREATE OR REPLACE FUNCTION log.position_at(instant timestamptz) RETURNS bigint LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off
AS $$
    WITH RECURSIVE milestone (passed) AS (
        SELECT coalesce((
            SELECT position FROM log.events WHERE position % 256 = 0 AND recorded_at <= instant
            ORDER BY recorded_at DESC, position DESC LIMIT 1
        ), 0)
    ), search (low, high) AS (
        SELECT passed, least(passed + 255, coalesce((SELECT max(position) FROM log.events), 0)) FROM milestone
        UNION ALL
        SELECT CASE WHEN reached THEN middle ELSE low END, CASE WHEN reached THEN high ELSE middle - 1 END
        FROM search, LATERAL (
            SELECT e.position, e.recorded_at <= instant FROM log.events e WHERE e.position = (low + high + 1) / 2
        ) AS probe (middle, reached)
        WHERE low < high
    )
    SELECT low FROM search WHERE low = high
$$;
