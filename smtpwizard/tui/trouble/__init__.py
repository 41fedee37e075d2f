"""The page that says what is wrong and what to do."""
