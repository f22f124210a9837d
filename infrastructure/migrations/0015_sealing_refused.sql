-- Why a log is not sealed, while that is refused. It is no evidence: it goes as soon as the log is sealed again.

CREATE TABLE proofs.refusal (
    -- The schema of its tree.
    tree   text        PRIMARY KEY,
    reason text        NOT NULL,
    since  timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT SELECT, INSERT, UPDATE, DELETE ON proofs.refusal TO q2c_sealer;
GRANT SELECT ON proofs.refusal TO q2c_reader;
