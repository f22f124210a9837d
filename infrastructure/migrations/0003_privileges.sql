-- Who may do what. The roles exist already (`infrastructure.migrate`): they belong to the cluster, not to one database.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA log FROM PUBLIC;
GRANT USAGE ON SCHEMA log TO q2c_writer, q2c_projector, q2c_reader;
GRANT SELECT ON log.events TO q2c_writer, q2c_projector, q2c_reader;
GRANT EXECUTE ON FUNCTION log.position_at TO q2c_writer, q2c_projector, q2c_reader;
GRANT EXECUTE ON FUNCTION log.append TO q2c_writer;

-- Whatever schema a read model makes, its readers may read.
SET LOCAL ROLE q2c_projector;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO q2c_reader;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO q2c_reader;
RESET ROLE;
