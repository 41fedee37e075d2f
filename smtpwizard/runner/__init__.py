"""Runs checks: order, time limits, skips, crashes, cancellation and timing."""
