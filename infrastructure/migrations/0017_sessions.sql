-- Sessions that their owner knows one from another, and that end when nobody uses them.
ALTER TABLE credentials.tokens
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    -- Within a minute: whoever asks often is not written down each time.
    ADD COLUMN used_at timestamptz NOT NULL DEFAULT clock_timestamp();

-- That a token was used changes nothing of whose it is.
DROP TRIGGER told ON credentials.tokens;
CREATE TRIGGER told AFTER DELETE OR UPDATE OF hash, expires_at, is_strong ON credentials.tokens
    FOR EACH ROW EXECUTE FUNCTION credentials.tell();
