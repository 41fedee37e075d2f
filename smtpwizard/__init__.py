"""A terminal program that takes a person from "this program must send mail" to a proven `.env`."""

from __future__ import annotations

__version__ = "0.1.0"
