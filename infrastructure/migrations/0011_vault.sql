-- The keys that personal data is sealed with. Each is wrapped by a key-encryption key that the database never sees; whose
-- key is destroyed, what it sealed can be read nowhere any more, and stays where it is.

CREATE SCHEMA vault;

-- Which version of the key-encryption key wraps new keys.
CREATE TABLE vault.wrapping (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  integer NOT NULL
);
INSERT INTO vault.wrapping (version) VALUES (1);

CREATE TABLE vault.keys (
    -- Whose data it seals; the nil identity has the key of the blind index.
    subject      uuid        NOT NULL,
    class        text        NOT NULL CHECK (class IN ('profile', 'legal', 'index')),
    version      integer     NOT NULL CHECK (version > 0),
    -- None once it is destroyed.
    wrapped      bytea,
    wrapped_by   integer     NOT NULL,
    made_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    destroyed_at timestamptz,
    PRIMARY KEY (subject, class, version),
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE INDEX keys_wrapped_by ON vault.keys (wrapped_by) WHERE wrapped IS NOT NULL;

-- Keyed digests of what a subject is found by.
CREATE TABLE vault.blind_index (
    digest  bytea NOT NULL,
    subject uuid  NOT NULL,
    PRIMARY KEY (digest, subject)
);
CREATE INDEX blind_index_of_subject ON vault.blind_index (subject);

-- Processes keep unwrapped keys in mind: they are told when they may not any more.
CREATE FUNCTION vault.tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY vault;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION vault.tell FROM PUBLIC;
CREATE TRIGGER told AFTER UPDATE OR DELETE ON vault.keys FOR EACH STATEMENT EXECUTE FUNCTION vault.tell();

GRANT USAGE ON SCHEMA vault TO q2c_vault;
GRANT SELECT ON vault.wrapping TO q2c_vault;
GRANT UPDATE (version) ON vault.wrapping TO q2c_vault;
GRANT SELECT, INSERT ON vault.keys TO q2c_vault;
GRANT UPDATE (wrapped, wrapped_by, destroyed_at) ON vault.keys TO q2c_vault;
GRANT SELECT, INSERT, DELETE ON vault.blind_index TO q2c_vault;
