-- Where catching up on policies has got to, and what they asked for in vain.

GRANT SELECT ON log.claims TO q2c_writer;

CREATE SCHEMA policies;

CREATE TABLE policies.position (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint  NOT NULL
);

INSERT INTO policies.position (position) SELECT coalesce(max(position), 0) FROM log.events;

CREATE TABLE policies.refusals (
    key        text        COLLATE "C" PRIMARY KEY,
    command    text        NOT NULL,
    subject    uuid,
    position   bigint      NOT NULL,
    code       text        NOT NULL,
    detail     text        NOT NULL,
    refused_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT USAGE ON SCHEMA policies TO q2c_writer, q2c_reader;
GRANT SELECT, UPDATE ON policies.position TO q2c_writer;
GRANT SELECT, INSERT, UPDATE ON policies.refusals TO q2c_writer;
GRANT SELECT ON policies.position, policies.refusals TO q2c_reader;
