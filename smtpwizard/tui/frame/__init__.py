"""What every page has: journey, keys, help, leaving."""
