-- What proves who somebody is. Nothing here is a fact of the business, and nothing that is stored here lets anybody in:
-- passwords are kept as Argon2id, sessions and keys as SHA-256 of what their holder has.

CREATE SCHEMA credentials;

CREATE TABLE credentials.passwords (
    user_id    uuid        PRIMARY KEY,
    hash       text        NOT NULL,
    -- Set by somebody else: it only lets its owner choose another one.
    is_first   boolean     NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE credentials.tokens (
    hash       bytea       PRIMARY KEY,
    user_id    uuid        NOT NULL,
    -- 'session' or 'key'.
    kind       text        NOT NULL CHECK (kind IN ('session', 'key')),
    name       text        NOT NULL,
    issued_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX tokens_of_user ON credentials.tokens (user_id);
CREATE INDEX tokens_expiry ON credentials.tokens (expires_at);

-- Attempts to sign in since the last one that succeeded, by whom they were for and where they came from; as hashes.
CREATE TABLE credentials.attempts (
    subject      bytea       PRIMARY KEY,
    failed       integer     NOT NULL,
    last_at      timestamptz NOT NULL,
    locked_until timestamptz NOT NULL
);

-- Processes keep in mind for a moment whose token is whose: they are told when that may have changed.
CREATE FUNCTION credentials.tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY credentials;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION credentials.tell FROM PUBLIC;
CREATE TRIGGER told AFTER UPDATE OR DELETE ON credentials.tokens FOR EACH ROW EXECUTE FUNCTION credentials.tell();
-- Whoever is deactivated holds nothing any more, also when they come back.
CREATE FUNCTION credentials.heed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NEW.topic = 'identity.User.Deactivated' THEN
        DELETE FROM credentials.tokens WHERE user_id = NEW.originator_id;
        DELETE FROM credentials.passwords WHERE user_id = NEW.originator_id;
    END IF;
    NOTIFY credentials;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION credentials.heed FROM PUBLIC;
CREATE TRIGGER heeded AFTER INSERT ON log.events FOR EACH ROW WHEN (NEW.topic LIKE 'identity.User.%')
    EXECUTE FUNCTION credentials.heed();

GRANT USAGE ON SCHEMA credentials TO q2c_credentials;
GRANT SELECT, INSERT, UPDATE, DELETE ON credentials.passwords, credentials.tokens, credentials.attempts
    TO q2c_credentials;
