"""Imports: other systems' files, carried in by the same commands as any user's work."""
