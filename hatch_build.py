"""Builds the index of the knowledge files into the wheel, so that an installed program starts without parsing them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KnowledgeIndexHook(BuildHookInterface[Any]):
    """Adds `smtpwizard/knowledge/index.msgpack` to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from smtpwizard.knowledge.load import INDEX_NAME, build_index

        folder = root / "build"
        folder.mkdir(exist_ok=True)
        index = folder / INDEX_NAME
        index.write_bytes(build_index(root / "smtpwizard" / "knowledge"))
        build_data["force_include"][str(index)] = f"smtpwizard/knowledge/{INDEX_NAME}"
