-- The Merkle tree over the log, in tiles, and the signed checkpoints of it (infrastructure/proofs). Leaf `i` of the tree
-- is the event at position `i + 1`.

CREATE SCHEMA proofs;

CREATE TABLE proofs.tiles (
    level  smallint NOT NULL,
    number bigint   NOT NULL,
    -- 32 bytes each, 256 of them when the tile is full.
    hashes bytea    NOT NULL,
    PRIMARY KEY (level, number)
);

-- What the log is called in its checkpoints, wherever it is copied to.
CREATE TABLE proofs.log (name text COLLATE "C" NOT NULL);
INSERT INTO proofs.log VALUES ('quote-to-cash/' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16));

CREATE TABLE proofs.checkpoints (
    number  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size    bigint      NOT NULL,
    note    text        COLLATE "C" NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX checkpoints_size ON proofs.checkpoints (size);

-- Those that have left the database, and may be shown.
CREATE TABLE proofs.published (number bigint PRIMARY KEY REFERENCES proofs.checkpoints);

-- A tile grows at its end, and nothing in it changes.
CREATE FUNCTION proofs.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.level = OLD.level AND NEW.number = OLD.number
            AND substr(NEW.hashes, 1, length(OLD.hashes)) = OLD.hashes THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a tree only grows: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON proofs.tiles
    FOR EACH ROW EXECUTE FUNCTION proofs.refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON proofs.tiles
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON proofs.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON proofs.published
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
ALTER TABLE proofs.published ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE proofs.tiles ENABLE ALWAYS TRIGGER only_grows;
ALTER TABLE proofs.tiles ENABLE ALWAYS TRIGGER not_emptied;
ALTER TABLE proofs.checkpoints ENABLE ALWAYS TRIGGER append_only;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA proofs FROM PUBLIC;
GRANT USAGE ON SCHEMA proofs TO q2c_sealer, q2c_writer, q2c_reader;
GRANT SELECT ON proofs.log, proofs.tiles, proofs.checkpoints, proofs.published TO q2c_sealer, q2c_writer, q2c_reader;
GRANT INSERT, UPDATE (hashes) ON proofs.tiles TO q2c_sealer;
GRANT INSERT ON proofs.checkpoints, proofs.published TO q2c_sealer;
GRANT USAGE ON SCHEMA log TO q2c_sealer;
GRANT SELECT ON log.events TO q2c_sealer;
GRANT EXECUTE ON FUNCTION log.position_at TO q2c_sealer;
