"""The page that writes the settings down and proves the file."""
