-- As before, whatever the version of the event: its topic is `…Deactivated@2` once it has changed.
CREATE OR REPLACE FUNCTION credentials.heed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    event text := split_part(NEW.topic, '@', 1);
BEGIN
    -- Whoever is deactivated holds nothing any more, also when they come back.
    IF event = 'identity.User.Deactivated' THEN
        DELETE FROM credentials.tokens WHERE user_id = NEW.originator_id;
        DELETE FROM credentials.passwords WHERE user_id = NEW.originator_id;
    END IF;
    IF event = 'identity.User.TotpConfirmed' THEN
        UPDATE credentials.totp SET is_confirmed = true WHERE user_id = NEW.originator_id;
    END IF;
    IF event IN ('identity.User.TotpReset', 'identity.User.Deactivated') THEN
        DELETE FROM credentials.tokens WHERE user_id = NEW.originator_id AND kind = 'session';
        DELETE FROM credentials.totp WHERE user_id = NEW.originator_id;
        DELETE FROM credentials.recovery_codes WHERE user_id = NEW.originator_id;
    END IF;
    IF event IN ('identity.PortalLink.Opened', 'identity.PortalLink.Revoked') THEN
        DELETE FROM credentials.links WHERE link_id = NEW.originator_id;
        DELETE FROM credentials.tokens WHERE user_id = NEW.originator_id;
    END IF;
    NOTIFY credentials;
    RETURN NULL;
END $$;
