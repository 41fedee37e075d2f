"""The words of the product as frozen types: no I/O, nothing outside the standard library and msgspec."""
