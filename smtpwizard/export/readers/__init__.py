"""The parsers that will read exported files, one module each, with `READER`. Found by scanning this folder."""
