"""Adapters to the outside world: each outside library of the field is imported by one module here, on first use.

What the world does is turned into evidence here, once, with every code kept and outside text made printable.
"""
