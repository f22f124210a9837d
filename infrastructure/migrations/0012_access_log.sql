-- Who was shown what, and why; and who was turned away (infrastructure/access_log). Ids only: no value that was read.

CREATE SCHEMA access;

CREATE TABLE access.entries (
    position       bigint      PRIMARY KEY CHECK (position > 0),
    recorded_at    timestamptz NOT NULL,
    operation      text        COLLATE "C" NOT NULL,
    outcome        text        COLLATE "C" NOT NULL,
    user_id        uuid,
    login          text        COLLATE "C",
    -- Whose people the user belongs to.
    customer_id    uuid,
    key_name       text        COLLATE "C",
    -- What was asked for, and which customers were shown; how many more these were, NULL where nobody counted.
    objects        uuid[]      NOT NULL,
    more           integer,
    purpose        text        COLLATE "C",
    -- SHA-256 of salt and address: both are forgotten some day, and this says nothing any more.
    address_digest bytea,
    correlation_id text        COLLATE "C"
);
CREATE INDEX entries_objects ON access.entries USING gin (objects);
CREATE INDEX entries_user ON access.entries (login, position);
CREATE INDEX entries_sign_ins ON access.entries (position) WHERE operation = 'identity.sign_in';

-- Where sign-ins came from, as long as that is of use.
CREATE TABLE access.addresses (
    position    bigint      PRIMARY KEY REFERENCES access.entries,
    recorded_at timestamptz NOT NULL,
    salt        bytea       NOT NULL,
    address     text        NOT NULL
);
CREATE INDEX addresses_time ON access.addresses (recorded_at);

-- The only way in: one batch, a JSON array of entries in their order. Positions are dense, since whoever records has the
-- lock until the commit.
CREATE FUNCTION access.record(given text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last    bigint;
    last_at timestamptz;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'accesses are recorded at READ COMMITTED only: another snapshot is older than the lock';
    END IF;
    PERFORM pg_advisory_xact_lock(1903, 3);
    SELECT e.position, e.recorded_at INTO last, last_at FROM access.entries e ORDER BY e.position DESC LIMIT 1;
    last_at := greatest(clock_timestamp(), last_at);
    WITH wanted AS (
        SELECT coalesce(last, 0) + place AS position, it.* FROM ROWS FROM (json_to_recordset(given::json) AS (
            operation text, outcome text, user_id uuid, login text, customer_id uuid, key_name text, objects uuid[],
            more integer, purpose text, address text, address_salt text, address_digest text, correlation_id text
        )) WITH ORDINALITY AS it (operation, outcome, user_id, login, customer_id, key_name, objects, more, purpose,
                                  address, address_salt, address_digest, correlation_id, place)
    ), recorded AS (
        INSERT INTO access.entries
        SELECT position, last_at, operation, outcome, user_id, login, customer_id, key_name, objects, more, purpose,
               decode(address_digest, 'hex'), correlation_id
        FROM wanted ORDER BY position
    )
    INSERT INTO access.addresses
    SELECT position, last_at, decode(address_salt, 'hex'), address FROM wanted WHERE address IS NOT NULL;
    IF FOUND THEN
        DELETE FROM access.addresses WHERE recorded_at < last_at - interval '90 days';
    END IF;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access.entries
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
ALTER TABLE access.entries ENABLE ALWAYS TRIGGER append_only;

-- Its tree and its checkpoints, as those of the log in the schema `proofs`.
CREATE TABLE access.tiles (
    level  smallint NOT NULL,
    number bigint   NOT NULL,
    hashes bytea    NOT NULL,
    PRIMARY KEY (level, number)
);
CREATE TABLE access.log (name text COLLATE "C" NOT NULL);
INSERT INTO access.log SELECT name || '-access' FROM proofs.log;
CREATE TABLE access.checkpoints (
    number  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size    bigint      NOT NULL,
    note    text        COLLATE "C" NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX checkpoints_size ON access.checkpoints (size);
CREATE TABLE access.published (number bigint PRIMARY KEY REFERENCES access.checkpoints);

CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON access.tiles
    FOR EACH ROW EXECUTE FUNCTION proofs.refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON access.tiles
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access.published
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
ALTER TABLE access.tiles ENABLE ALWAYS TRIGGER only_grows;
ALTER TABLE access.tiles ENABLE ALWAYS TRIGGER not_emptied;
ALTER TABLE access.checkpoints ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE access.published ENABLE ALWAYS TRIGGER append_only;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA access FROM PUBLIC;
GRANT USAGE ON SCHEMA access TO q2c_access, q2c_sealer, q2c_writer, q2c_reader;
GRANT EXECUTE ON FUNCTION access.record TO q2c_access;
GRANT SELECT ON access.entries, access.log, access.tiles, access.checkpoints, access.published
    TO q2c_sealer, q2c_reader;
GRANT SELECT ON access.tiles, access.checkpoints, access.published TO q2c_writer;
GRANT SELECT ON access.addresses TO q2c_reader;
GRANT INSERT, UPDATE (hashes) ON access.tiles TO q2c_sealer;
GRANT INSERT ON access.checkpoints, access.published TO q2c_sealer;

-- What is sealed of an entry, in the form in which events are: whoever checks one checks the other.
CREATE VIEW access.events AS
SELECT position,
       coalesce(user_id, '00000000-0000-0000-0000-000000000000') AS originator_id,
       1 AS originator_version,
       recorded_at,
       'access.' || operation AS topic,
       convert_to(json_build_object(
           'outcome', outcome, 'login', login, 'customer_id', customer_id, 'key_name', key_name, 'objects', objects,
           'more', more, 'purpose', purpose, 'address_digest', encode(address_digest, 'hex'))::text, 'UTF8') AS state,
       convert_to(json_build_object(
           'user_id', user_id, 'correlation_id', correlation_id)::text, 'UTF8') AS metadata,
       NULL::text AS actor, NULL::text AS key, NULL::bytea AS digest
FROM access.entries;
GRANT SELECT ON access.events TO q2c_sealer, q2c_reader;
