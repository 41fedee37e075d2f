"""Facts that were seen: no advice, no verdict, no English. A module for each thing that is looked at.

Each fact is one frozen struct; its `kind` names it in JSON. `fact` is the word by which a sign of a cause asks for
it: the family, and what was found, as in `connect:refused`.
"""
