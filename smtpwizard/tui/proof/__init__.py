"""The page that proves an envelope, or a message."""
