"""The tab to take away data, the setting and a link, and to bring in another scenario."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from nicegui import ui
from nicegui.events import UploadEventArguments

from escalation.classroom import exports, texts
from escalation.classroom.controls import Workspace
from escalation.classroom.elements import ShareLink, button, note, show, tag, write
from escalation.classroom.session import Library, Session
from escalation.language import in_this_language, number, say
from escalation.scenario.load import (
    MOST_BYTES,
    ScenarioError,
    load_scenario,
    read_scenario,
    shipped_scenarios,
)

TO_SHARE = ("explore", "watch")
"""The tabs that a link opens for others: the one seen last."""

LONGEST_DIFF = 20_000
MOST_SIZE = 3_000
"""Days times states squared of an upload: 2,000 crises of this size keep two cores busy for a second."""


class TakeAwayTab:
    """The tab with everything that can be saved or copied, and the upload of a scenario."""

    def __init__(
        self, session: Session, library: Library, on_other: Callable[[Workspace, str], None]
    ) -> None:
        self._session, self._library, self._on_other = session, library, on_other
        self._seen = ""
        with tag("div", classes="columns"):
            with tag("section"):
                self._build_data()
            with tag("section"):
                self._build_setting()
            with tag("section"):
                self._build_entry()

    def refresh(self) -> None:
        """Show the present setting."""
        session = self._session
        if session.tab in TO_SHARE:
            self._seen = session.tab
        diff = exports.setting_diff(session.workspace, session.settings)
        write(self._diff, diff[:LONGEST_DIFF] or say(texts.NO_CHANGE))
        write(
            self._command,
            exports.command(session.workspace, session.settings, session.seed, session.replication),
        )
        self._link.point(session.address_to_share(self._seen))

    def _build_data(self) -> None:
        tag("h2", say(texts.DATA_HEADING))
        for name, label in texts.DATA_NAMES.items():
            with tag("div", classes="row-of"):
                aria = say(texts.SAVE_AS, figure=say(label), kind=texts.SAVE_CSV)
                button(texts.SAVE_CSV, partial(self._save_table, name), "small", aria_label=aria)
                tag("span", say(label))
        note(say(texts.FIGURES_SAVED), "caveat")

    def _build_setting(self) -> None:
        tag("h2", say(texts.SETTING_HEADING))
        button(say(texts.SETTING_SAVE), self._save_setting, "first")
        tag("h3", say(texts.DIFF_HEADING))
        aria = say(texts.DIFF_HEADING)
        self._diff = tag("pre", classes="text", tabindex="0", aria_label=aria, role="region")
        tag("h3", say(texts.COMMAND_HEADING))
        self._command = tag(
            "pre", classes="text", tabindex="0", aria_label=say(texts.COMMAND_HEADING), role="region"
        )
        tag("h3", say(texts.LINK_HEADING))
        note(say(texts.LINK_NOTE), "caveat")
        self._link = ShareLink(self._library.base, say(texts.LINK_SAYS))

    def _build_entry(self) -> None:
        tag("h2", say(texts.UPLOAD_HEADING))
        with tag("div", classes="row-of"):
            for name in shipped_scenarios():
                button(name, partial(self._take_shipped, name))
        # NiceGUI's uploader receives the file, hidden; the visible field is the browser's own.
        self._upload = ui.upload(on_upload=in_this_language(self._uploaded), auto_upload=True).style(
            "display: none"
        )
        tag("label", say(texts.UPLOAD_LABEL), **{"for": "scenario-file"})
        chooser = tag("input", type="file", accept=".yaml,.yml", id="scenario-file")
        send = f"classroom.send(event.target, {json.dumps(self._upload.props['url'])}, {MOST_BYTES})"
        chooser.on(
            "change",
            in_this_language(self._rejected),
            js_handler=f"async (event) => {{ if (!await {send}) emit(); }}",
        )
        self._message = tag("pre", classes="text", role="alert")
        show(self._message, False)

    def _save_table(self, name: str) -> None:
        if not self._session.found:
            return
        tables = exports.tables_of(self._session.found)
        if name not in tables:
            ui.notify(say(texts.NO_PINS))
            return
        table = exports.labelled(tables[name], self._session.wanted(), self._session.seed)
        ui.download.content(table.csv(), f"{name}.csv", "text/csv")

    def _save_setting(self) -> None:
        session = self._session
        text = exports.setting_yaml(session.workspace, session.settings)
        ui.download.content(text, f"{session.workspace.scenario.name}_changed.yaml", "application/yaml")

    def _take_shipped(self, name: str) -> None:
        self._take(Workspace(load_scenario(name), name), name)

    async def _uploaded(self, event: UploadEventArguments) -> None:
        try:
            scenario = read_scenario(await event.file.read(), event.file.name[:100])
        except ScenarioError as error:
            self._say("\n".join(str(problem) for problem in error.problems))
            return
        if scenario.changes:
            self._say(say(texts.HAS_CHANGES))
            return
        size = (scenario.last_day + 1) * len(scenario.states) ** 2
        if size > MOST_SIZE:
            self._say(say(texts.TOO_HEAVY, size=number(size), most=number(MOST_SIZE)))
            return
        workspace = Workspace(scenario, event.file.name[:100])
        self._take(workspace, self._library.take_in(workspace))

    def _rejected(self) -> None:
        self._say(say(texts.UPLOAD_TOO_LARGE))

    def _take(self, workspace: Workspace, key: str) -> None:
        self._on_other(workspace, key)
        self._say(say(texts.UPLOAD_DONE, title=say(workspace.scenario.title)))

    def _say(self, text: str) -> None:
        write(self._message, text)
        show(self._message, True)
