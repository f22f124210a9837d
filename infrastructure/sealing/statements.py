"""What is asked of the schema `vault`."""

from __future__ import annotations

CURRENT = b"""
    SELECT version, wrapped, wrapped_by FROM vault.keys
    WHERE subject = %s AND class = %s AND wrapped IS NOT NULL ORDER BY version DESC LIMIT 1"""
NEXT = b"SELECT coalesce(max(version), 0) + 1 FROM vault.keys WHERE subject = %s AND class = %s"
WRAPPING = b"""
    SELECT version, EXISTS (SELECT FROM vault.keys WHERE wrapped_by = wrapping.version AND wrapped IS NOT NULL)
    FROM vault.wrapping"""
# Shared with other makers, not with a rotation: none ends while a key is made that it would not see.
MAKE = b"""
    INSERT INTO vault.keys (subject, class, version, wrapped, wrapped_by)
    SELECT %s, %s, %s, %s, version FROM (SELECT version FROM vault.wrapping WHERE version = %s FOR SHARE) AS now
    ON CONFLICT DO NOTHING"""
THESE = b"""
    SELECT subject, class, version, wrapped, wrapped_by FROM vault.keys
    JOIN unnest(%s::uuid[], %s::text[], %s::int[]) AS asked (subject, class, version) USING (subject, class, version)"""
INDEXED = b"""
    INSERT INTO vault.blind_index (digest, subject) SELECT digest, %s FROM unnest(%s::bytea[]) AS it (digest)
    ON CONFLICT DO NOTHING"""
FOUND = b"SELECT digest, subject FROM vault.blind_index WHERE digest = ANY(%s) ORDER BY digest, subject LIMIT 1000"
DESTROY = b"""
    UPDATE vault.keys SET wrapped = NULL, destroyed_at = clock_timestamp()
    WHERE subject = %s AND class = ANY(%s) AND wrapped IS NOT NULL"""
DESTROYED = b"""
    SELECT class, version FROM vault.keys WHERE subject = %s AND class = ANY(%s) AND wrapped IS NULL
    ORDER BY class, version"""
UNINDEX = b"DELETE FROM vault.blind_index WHERE subject = %s"
ROTATE = b"UPDATE vault.wrapping SET version = version + 1 RETURNING version"
OLDER = b"""
    SELECT subject, class, version, wrapped, wrapped_by FROM vault.keys
    WHERE wrapped IS NOT NULL AND wrapped_by < %s FOR UPDATE"""
REWRAP = b"""
    UPDATE vault.keys SET wrapped = again.wrapped, wrapped_by = %s
    FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::bytea[]) AS again (subject, class, version, wrapped)
    WHERE keys.subject = again.subject AND keys.class = again.class AND keys.version = again.version"""
