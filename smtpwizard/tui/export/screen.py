"""Write the settings where a program reads them, and prove the file."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from msgspec.structs import replace
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from smtpwizard.export.plan import Plan
from smtpwizard.export.read import ReadBack
from smtpwizard.model.errors import SmtpWizardError
from smtpwizard.model.target import Target
from smtpwizard.model.text import printable
from smtpwizard.output.summary import summary
from smtpwizard.tui.checks.follow import follow
from smtpwizard.tui.checks.look import telling
from smtpwizard.tui.export.preview import diff_content, preview_content, remarks
from smtpwizard.tui.field import LineField
from smtpwizard.tui.frame.page import Page
from smtpwizard.wizard import flow, needs
from smtpwizard.wizard.runs import file_run, start
from smtpwizard.wizard.state import Progress, Step
from smtpwizard.wizard.writing import planned, target_path, written_and_read


class ExportScreen(Page):
    """For whom, where, what exactly; then written, read back, and proven."""

    CSS_PATH = "screen.tcss"
    STEP = Step.EXPORT
    HEADING = "Where does your program read it?"
    SUBTITLE = "Choose the program or framework."
    HELP = (
        "Choose the program or framework on the left: each has its own names and its own rules for quotes. The "
        "preview shows what will be written, the secret masked, and of a file that is there already what changes in "
        "it; Ctrl+D shows the other of the two, Page Up and Page Down the rest of it. Its other lines stay as they "
        "are.\n\n"
        "Enter writes. The file is then read back by the rules of that program, and the log-in is made once more "
        "with what stands in it. Only then does it say that it works."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "Write", id="write", key_display="enter", priority=True, tooltip="Write and prove"),
        Binding("ctrl+d", "difference", "Changes", id="changes", priority=True, tooltip="Settings, or what changes"),
        Binding("pagedown", "turn(1)", "Down", show=False, priority=True, tooltip="Further down in what is shown"),
        Binding("pageup", "turn(-1)", "Up", show=False, priority=True, tooltip="Further up in what is shown"),
        Binding("tab", "app.focus_next", "Next field", show=False, id="next-field", tooltip="To the list or the path"),
    ]
    targets_list = getters.query_one("#targets", OptionList)
    path_field = getters.query_one("#path", LineField)
    sheet = getters.query_one("#sheet", VerticalScroll)
    preview = getters.query_one("#preview", Static)
    remarks = getters.query_one("#remarks", Static)
    progress_lines = getters.query_one("#steps", Static)
    plan: Plan | None = None
    changes: bool | None = None
    """Whether what changes is shown instead of the settings; None until someone chose."""
    said: tuple[Content, ...] = ()
    """What has happened since writing began; what is under way stands last."""
    hurried = False
    """Whether writing was asked for before there was a preview."""

    @property
    def target(self) -> Target | None:
        """The target that the cursor is on."""
        option = self.targets_list.highlighted_option
        return self.wizard.surroundings.knowledge.targets.get(option.id or "") if option is not None else None

    def body(self) -> ComposeResult:
        with Horizontal(id="panes"):
            yield OptionList(id="targets")
            with Vertical(id="file"):
                yield LineField(self.progress.path, "File", id="path", placeholder=".env")
                with VerticalScroll(id="sheet", can_focus=False):
                    yield Static(id="preview", markup=False)
                yield Static(id="remarks", markup=False)
                yield Static(id="steps", markup=False)

    def on_mount(self) -> None:
        targets = sorted(self.wizard.surroundings.knowledge.targets.values(), key=lambda item: (item.rank, item.name))
        self.targets_list.add_options([Option(Content(target.name), id=target.id) for target in targets])
        places = [place for place, target in enumerate(targets) if target.id == self.progress.target]
        self.targets_list.highlighted = places[0] if places else 0
        self.targets_list.focus()

    def remember(self) -> Progress:
        target = self.target
        return replace(self.progress, target=target.id if target is not None else None, path=self.path_field.value)

    @on(OptionList.OptionHighlighted, "#targets")
    @on(Input.Changed, "#path")
    def replan(self) -> None:
        """Show what would be written now."""
        target = self.target
        self.plan = self.changes = None
        if target is not None:
            self.query_one("#subtitle", Static).update(Content(target.summary or target.name))
            self.path_field.placeholder = str(self.wizard.surroundings.folder / target.file)
            self.make_plan(self.remember(), target)

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def make_plan(self, progress: Progress, target: Target) -> None:
        """Decide what would be written."""
        surroundings = self.wizard.surroundings
        try:
            path = target_path(surroundings, progress, target)
            self.plan = await asyncio.to_thread(planned, surroundings, progress, target, path)
        except SmtpWizardError as error:
            self.preview.update("")
            self.remarks.update(Content.assemble(("✗ ", "$error"), str(error)))
            self.hurried = False
            return
        self._show()
        if self.hurried and self.plan.found is not None and self.plan.found.content is None:
            self._write_plan()
        self.hurried = False

    def _show(self) -> None:
        plan = self.plan
        if plan is None:
            return
        exists = plan.found is not None and plan.found.content is not None
        changes = self._shows_changes(plan)
        self.sheet.border_title = "What changes" if changes else "What will be written"
        self.sheet.border_subtitle = "^d settings" if changes else "^d changes" if exists else ""
        self.preview.update(diff_content(plan) if changes else preview_content(plan))
        self.remarks.update(remarks(plan))

    def action_difference(self) -> None:
        """Show the settings, or what changes."""
        if self.plan is not None:
            self.changes = not self._shows_changes(self.plan)
            self._show()

    def action_turn(self, pages: int) -> None:
        """Move what is shown by so many pages."""
        self.sheet.scroll_relative(y=pages * self.sheet.scrollable_content_region.height, animate=False)

    def _shows_changes(self, plan: Plan) -> bool:
        """What changes in a file is seen before it is written to."""
        if self.changes is None:
            return plan.found is not None and plan.found.content is not None
        return self.changes

    def action_write(self) -> None:
        """Write, unless something speaks against it."""
        self.after_typing(self._write_plan)

    def _write_plan(self) -> None:
        plan = self.plan
        if plan is None:
            # The preview is still being made. A new file can be written without it, a change has to be seen first.
            self.hurried = True
        elif plan.refusals:
            self.notify("Nothing can be written as things are; the reason stands below.", markup=False)
        else:
            self.write(self.remember(), plan)

    @work(exclusive=True, group="write", exit_on_error=False)
    async def write(self, progress: Progress, plan: Plan) -> None:
        """Write, read back, log in. Each is said only once it has happened."""
        self.said = ()
        self.remarks.update("")
        self.progress_lines.add_class("-shown")
        try:
            written, read = await asyncio.to_thread(written_and_read, progress, plan)
        except SmtpWizardError as error:
            self._say("✗", "$error", str(error))
            return
        self.wizard.progress = progress = replace(progress, written=written.path, proven=None)
        self._say("✓", "$success", f"Written: {printable(str(plan.path))}")
        if read.differing:
            fields = ", ".join(read.differing)
            self._say("✗", "$error", f"Read back, and different from what was tested: {fields}")
            return
        for note in read.notes:
            self.notify(note, severity="warning", markup=False)
        self._say("✓", "$success", f"Read back as {read.target.name} reads it: the same")
        await self._prove(progress, read)

    async def _prove(self, progress: Progress, read: ReadBack) -> None:
        self._say("◔", "$primary", "Logging in with what the file says …")
        run = file_run(progress, read.account, read.secret)
        try:
            report = await follow(start(self.wizard.surroundings, run), self, lambda _: None)
        except SmtpWizardError as error:
            self._fail(str(error))
            return
        if needs.passed(report):
            self.wizard.go(flow.forward(replace(progress, proven=report)))
            return
        failed = telling(report)
        seen = printable(summary(failed)) if failed is not None else "nothing was tried"
        self._fail(f"The log-in with the file failed: {seen}. Enter tries again.")

    def say_fault(self, text: str) -> None:
        super().say_fault(text)
        if self.said:
            self._fail(text)

    def _fail(self, text: str) -> None:
        """What was under way has failed."""
        self.said = self.said[:-1]
        self._say("✗", "$error", text)

    def _say(self, glyph: str, colour: str, text: str) -> None:
        self.said += (Content.assemble((f"{glyph} ", colour), text),)
        self.progress_lines.update(Content("\n").join(self.said))
