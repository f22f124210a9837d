-- Second factors, keys of fewer roles, links to one document, and who signs in at a provider.

CREATE TABLE credentials.totp (
    user_id      uuid    PRIMARY KEY,
    -- Sealed with a key that is kept outside the database.
    secret       bytea   NOT NULL,
    is_confirmed boolean NOT NULL DEFAULT false,
    -- Of the last code that was taken: neither it nor an earlier one is taken again.
    last_step    bigint  NOT NULL DEFAULT 0
);
CREATE TABLE credentials.recovery_codes (
    hash    bytea PRIMARY KEY,
    user_id uuid  NOT NULL
);
CREATE INDEX recovery_codes_of_user ON credentials.recovery_codes (user_id);

ALTER TABLE credentials.tokens
    -- Of keys: the position of the event that tells of it.
    ADD COLUMN position bigint UNIQUE,
    -- Of keys: all that they may be of what their user is; empty: whatever that is.
    ADD COLUMN roles text[] NOT NULL DEFAULT '{}',
    -- Of sessions: begun with more than a password.
    ADD COLUMN is_strong boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT tokens_kind_check,
    -- 'link': a session that was begun with a link to one document, whose id stands in the place of a user's.
    ADD CONSTRAINT tokens_kind_check CHECK (kind IN ('session', 'key', 'link'));

CREATE TABLE credentials.sign_ins (
    user_id uuid        PRIMARY KEY,
    last_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Links that were given and not opened yet: of the link its hash, and of the code that is sent apart a hash of both, so
-- that nobody finds so short a code who has not got the link.
CREATE TABLE credentials.links (
    link_id uuid  PRIMARY KEY,
    hash    bytea NOT NULL UNIQUE,
    code    bytea NOT NULL
);

-- Who has gone to a provider to sign in, and has not come back yet.
CREATE TABLE credentials.oidc_requests (
    hash       bytea       PRIMARY KEY,
    nonce      text        NOT NULL,
    verifier   text        NOT NULL,
    expires_at timestamptz NOT NULL
);
-- Which user somebody is whom a provider knows.
CREATE TABLE credentials.subjects (
    issuer  text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL UNIQUE,
    PRIMARY KEY (issuer, subject)
);

CREATE OR REPLACE FUNCTION credentials.heed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Whoever is deactivated holds nothing any more, also when they come back.
    IF NEW.topic = 'identity.User.Deactivated' THEN
        DELETE FROM credentials.tokens WHERE user_id = NEW.originator_id;
        DELETE FROM credentials.passwords WHERE user_id = NEW.originator_id;
    END IF;
    IF NEW.topic = 'identity.User.TotpConfirmed' THEN
        UPDATE credentials.totp SET is_confirmed = true WHERE user_id = NEW.originator_id;
    END IF;
    IF NEW.topic IN ('identity.User.TotpReset', 'identity.User.Deactivated') THEN
        DELETE FROM credentials.tokens WHERE user_id = NEW.originator_id AND kind = 'session';
        DELETE FROM credentials.totp WHERE user_id = NEW.originator_id;
        DELETE FROM credentials.recovery_codes WHERE user_id = NEW.originator_id;
    END IF;
    IF NEW.topic IN ('identity.PortalLink.Opened', 'identity.PortalLink.Revoked') THEN
        DELETE FROM credentials.links WHERE link_id = NEW.originator_id;
        DELETE FROM credentials.tokens WHERE user_id = NEW.originator_id;
    END IF;
    NOTIFY credentials;
    RETURN NULL;
END $$;
DROP TRIGGER heeded ON log.events;
CREATE TRIGGER heeded AFTER INSERT ON log.events FOR EACH ROW WHEN (NEW.topic LIKE 'identity.%')
    EXECUTE FUNCTION credentials.heed();

GRANT SELECT, INSERT, UPDATE, DELETE ON credentials.totp, credentials.recovery_codes, credentials.sign_ins,
    credentials.links, credentials.oidc_requests, credentials.subjects TO q2c_credentials;
