"""From evidence, or from any error text, to a ranking of causes and a path that explains it. Pure."""
