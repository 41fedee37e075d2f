"""Finds settings from what a person knows: an address, a host name."""
