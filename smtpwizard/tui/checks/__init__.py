"""The page that watches a run."""
