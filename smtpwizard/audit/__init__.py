"""Every rule that the knowledge must keep. To add one, write a generator of faults and list it in `RULES`."""
