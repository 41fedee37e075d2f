"""The page of the demonstration where a scenario is chosen."""
