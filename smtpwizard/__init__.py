"""A terminal program that takes a person from "this program must send mail" to a proven `.env`."""

from __future__ import annotations

__version__ = "0.1.0"
__released__ = "2026-11-01T00:00:00Z"
"""A moment before this version was released (RFC 3339): a clock that shows an earlier one is wrong."""
