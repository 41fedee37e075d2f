"""The page where the provider is chosen."""
