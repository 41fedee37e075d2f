"""Nodes of the troubleshooter's decision tree."""

from __future__ import annotations

import msgspec

from smtpwizard.model.cause import When
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exit of a node, and what opens it."""

    go: str
    """Id of the next node, or `@<cause>` for the conclusion that names this one cause."""
    when: When = When()
    leads: tuple[str, ...] = ()
    """Causes, one of which the evidence speaks for most."""
    close: tuple[str, ...] = ()
    """Causes that the evidence leaves about equally likely: two or more of these are in front."""


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A possible answer to a question."""

    value: str
    label: str
    go: str


class Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="branch"):
    """Evidence decides. The first case that holds is taken, else `otherwise`."""

    id: str
    title: str
    case: tuple[Case, ...]
    otherwise: str


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="question"):
    """The person decides, because evidence leaves two answers."""

    id: str
    text: str
    choice: tuple[Choice, ...]
    why: str
    """Why it is asked, in a sentence."""


class Probe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="probe"):
    """A machine decides: the checks run again with other settings. Whoever shows the tree runs it."""

    id: str
    title: str
    """The fact that is hoped for."""
    check: str
    """Id of the check whose outcome decides."""
    passed: str
    """Next node where it passed or warned."""
    failed: str
    port: int | None = None
    """None leaves the port as it is."""
    security: Security | None = None


class Conclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="conclusion"):
    """The end of a path."""

    id: str
    causes: tuple[str, ...] = ()
    """The causes, most likely first. Empty takes the engine's own ranking for the stage; where that is empty too,
    the answer is "still unknown"."""


Node = Branch | Question | Probe | Conclusion


class StageTree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All nodes for the failures of one stage."""

    entry: str
    node: tuple[Node, ...]
    stage: Stage = Stage.CLIENT
    """The file's name; never written in the file."""


class PathStep(msgspec.Struct, frozen=True):
    """One node on the way, and the fact that chose its exit."""

    node: str
    title: str
    because: str
    """The fact; empty at the last node."""


class Path(msgspec.Struct, frozen=True):
    """The way through the tree: the explanation of its end."""

    steps: tuple[PathStep, ...]
    end: Node
    stage: Stage
