"""The page where account and secret are entered."""
