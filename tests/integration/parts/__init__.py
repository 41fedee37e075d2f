"""The real parts, each a context manager with its own folder, ports and processes.

Every part has `available()`, which answers None or a sentence saying what is missing on this machine.
"""
