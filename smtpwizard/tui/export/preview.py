"""How a plan and what became of it look."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from smtpwizard.export.plan import Plan

DIFF = {"+": "$success", "-": "$error", "@": "$accent"}


def preview_content(plan: Plan) -> Content:
    """The settings, the secret masked."""
    lines = []
    for line in plan.lines:
        if line.shown is None:
            continue
        lines.append(Content.assemble((line.key, "$primary"), ("=", "$quiet"), line.shown))
    return Content("\n").join(lines)


def diff_content(plan: Plan) -> Content:
    """What changes in the file, every credential masked."""
    if not plan.diff:
        return Content.styled("The file says all of this already.", "$quiet")
    return Content("\n").join(
        Content.styled(line, DIFF.get(line[:1], "$foreground") if not line.startswith(("---", "+++")) else "$quiet")
        for line in plan.diff.splitlines()
    )


def remarks(plan: Plan) -> Content:
    """Refusals, else warnings."""
    if plan.refusals:
        return _lines(("✗ ", "$error"), map(str, plan.refusals))
    return _lines(("! ", "$warning"), plan.warnings)


def _lines(mark: tuple[str, str], texts: Iterable[str]) -> Content:
    return Content("\n").join(Content.assemble(mark, text) for text in texts)
