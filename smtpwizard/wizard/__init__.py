"""What is known so far, and which step is next. Pure: screens and commands do the rest."""
