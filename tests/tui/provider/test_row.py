from __future__ import annotations

from msgspec.structs import replace
from textual.style import Style
from textual.visual import RenderOptions

from smtpwizard.tui.provider.row import ProviderRow
from tests.tui.world import HOSTILE, knowledge

OPTIONS = RenderOptions(lambda style: Style(), {})


def line(row: ProviderRow, width: int) -> str:
    (strip,) = row.render_strips(width, 1, Style(), OPTIONS)
    return strip.text


def test_a_row_fits_its_width_at_any_width() -> None:
    row = ProviderRow(knowledge().providers["gmail"])
    assert all(len(line(row, width)) <= width for width in range(50, 160))


def test_a_wide_row_says_more() -> None:
    row = ProviderRow(knowledge().providers["microsoft365"])
    assert "Exchange Online" in line(row, 118)
    assert "Exchange Online" not in line(row, 76)


def test_brackets_in_a_name_stay_brackets() -> None:
    provider = replace(knowledge().providers["gmail"], name="[b]A[/b]", summary=HOSTILE)
    assert "[b]A[/b]" in line(ProviderRow(provider), 80)
