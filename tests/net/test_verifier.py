from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.model.errors import UsageError
from smtpwizard.net.verifier import check_ca_file


@pytest.mark.parametrize("content", [None, b"", b"no certificate\n"])
def test_a_ca_file_that_is_none_is_refused_by_name(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"ca\.pem"):
        check_ca_file(str(path))
