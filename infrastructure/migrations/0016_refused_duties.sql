-- Duties that were refused, for whoever lists them: the outcome of each is the refusal's own name.
CREATE INDEX entries_refused ON access.entries (position)
    WHERE outcome NOT IN ('given', 'unknown', 'denied', 'missing', 'limited');
