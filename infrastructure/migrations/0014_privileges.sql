-- An auditor reads what was recorded and the proofs of it, and nothing else. No process of ours is one: the role is there
-- to be granted to whoever audits.
GRANT USAGE ON SCHEMA log, proofs, access TO q2c_auditor;
GRANT SELECT ON log.events, log.claims TO q2c_auditor;
GRANT SELECT ON proofs.log, proofs.tiles, proofs.checkpoints, proofs.published TO q2c_auditor;
GRANT SELECT ON access.entries, access.events, access.addresses, access.log, access.tiles, access.checkpoints,
    access.published TO q2c_auditor;
GRANT EXECUTE ON FUNCTION log.position_at TO q2c_auditor;

-- What a log is called stands in every checkpoint of it, and in those that others keep.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON proofs.log
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
ALTER TABLE proofs.log ENABLE ALWAYS TRIGGER append_only;
