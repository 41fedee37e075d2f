"""The page that leads to the secret."""
