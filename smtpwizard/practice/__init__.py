"""A mail server for practice: it plays scenarios that are data, on this machine alone.

To add a scenario, add a file to `scenarios`. Nothing else lists it.
"""
