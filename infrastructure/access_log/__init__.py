"""The access log: who was shown what, and why; and who was turned away. Written down before the answer leaves."""

from __future__ import annotations

from infrastructure.access_log.recording import AccessLog, AccessNotRecorded

__all__ = ["AccessLog", "AccessNotRecorded"]
