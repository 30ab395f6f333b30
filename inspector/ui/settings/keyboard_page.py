"""The settings page of the keyboard: every shortcut, and another one for whoever wants it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QSizePolicy, QTreeWidget, QTreeWidgetItem

from inspector.settings import Settings
from inspector.ui.actions import ACTIONS, MENUS, ActionSpec
from inspector.ui.form import Row
from inspector.ui.settings.page import SettingsPage, help_of
from inspector.ui.shortcut_keys import changed_keys, keys_problem, normal, stored_keys, with_keys
from inspector.ui.widgets.buttons import SecondaryButton

LEAST_TREE_PX = 210
LINE_PX = 24
KEYS_PX = 120
KEY_ROLE = Qt.ItemDataRole.UserRole


class KeyboardPage(SettingsPage):
    """The list shows what is in force; below it the chosen action gets other keys, or none, or its own again."""

    fills = True

    def build(self) -> Iterator[None]:
        section = self.section("Keyboard")
        section.add("In the list", self.box("single_keys"), hint=help_of("single_keys"))
        yield
        self._items: dict[str, QTreeWidgetItem] = {}
        self.tree = self._tree()
        yield
        self.column.addWidget(self.tree, 1)
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName("New keys")
        self.edit.setFixedWidth(KEYS_PX)
        self.edit.keySequenceChanged.connect(self._check)
        yield
        self.set_button = SecondaryButton(self.theme, self.icons, "Set")
        self.none_button = SecondaryButton(self.theme, self.icons, "No keys")
        self.own_button = SecondaryButton(self.theme, self.icons, "Default")
        self.set_button.clicked.connect(self._set)
        self.none_button.clicked.connect(lambda: self._give(()))
        self.own_button.clicked.connect(lambda: self._give(None))
        buttons = [self.set_button, self.none_button, self.own_button]
        yield
        self.row = Row(self.theme, "New keys", [self.edit, *buttons], "", -1)
        holder = QHBoxLayout()
        holder.addWidget(self.row)
        self.column.addLayout(holder)
        yield
        self.follow("shortcuts", self._show_keys)
        self.choose(ACTIONS[0].key)

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """The actions with the keys that are in force."""
        return with_keys(ACTIONS, changed_keys(self.app.settings.current.shortcuts))

    def choose(self, action: str) -> None:
        """Choose an action."""
        self.tree.setCurrentItem(self._items[action])

    def _tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setAccessibleName("Shortcuts")
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setIndentation(12)
        tree.setMinimumHeight(LEAST_TREE_PX)
        tree.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        for menu in MENUS:
            top = QTreeWidgetItem([menu])
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            top.setSizeHint(0, QSize(0, LINE_PX + 4))
            top.setFont(0, self.theme.font("column"))
            tree.addTopLevelItem(top)
            for spec in (item for item in ACTIONS if item.menu == menu):
                item = QTreeWidgetItem([spec.text.rstrip("…"), ""])
                item.setData(0, KEY_ROLE, spec.key)
                item.setFont(1, self.theme.font("mono"))
                item.setSizeHint(0, QSize(0, LINE_PX))
                top.addChild(item)
                self._items[spec.key] = item
            top.setExpanded(True)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, tree.header().ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, tree.header().ResizeMode.ResizeToContents)
        tree.currentItemChanged.connect(self._on_chosen)
        return tree

    @property
    def _action(self) -> str:
        item = self.tree.currentItem()
        return str(item.data(0, KEY_ROLE) or "") if item is not None else ""

    def _show_keys(self, settings: Settings) -> None:
        changed = changed_keys(settings.shortcuts)
        for spec in with_keys(ACTIONS, changed):
            keys = ", ".join(spec.keys) or spec.list_key
            item = self._items[spec.key]
            item.setText(1, f"{keys} (changed)" if spec.key in changed and keys else keys)
            item.setData(1, Qt.ItemDataRole.AccessibleTextRole, keys or "no keys")
        self._check()

    def _on_chosen(self) -> None:
        self.edit.clear()
        self._check()

    def _check(self) -> None:
        """Say whether the keys that were pressed can be given to the action that is chosen."""
        action, pressed = self._action, normal(self.edit.keySequence().toString())
        spec = next((item for item in self.specs if item.key == action), None)
        reason = keys_problem(pressed, action, self.specs) if pressed and action else ""
        self.row.set_error(reason)
        self.row.setEnabled(bool(action))
        self.set_button.setEnabled(bool(pressed) and not reason)
        self.none_button.setEnabled(spec is not None and bool(spec.keys))
        self.own_button.setEnabled(action in changed_keys(self.app.settings.current.shortcuts))
        if not reason:
            name = spec.text.rstrip("…") if spec is not None else ""
            in_list = f" Beside {spec.list_key}, which works in the list." if spec is not None and spec.list_key else ""
            self.row.set_hint(f"For {name}: click the field, then press the keys.{in_list}" if name else "")

    def _set(self) -> None:
        self._give((normal(self.edit.keySequence().toString()),))

    def _give(self, keys: tuple[str, ...] | None) -> None:
        """Give keys to the chosen action; None is its own."""
        changed = changed_keys(self.app.settings.current.shortcuts)
        own = next(spec.keys for spec in ACTIONS if spec.key == self._action)
        changed.pop(self._action, None)
        if keys is not None and keys != own:
            changed[self._action] = keys
        self.apply(shortcuts=stored_keys(changed))
        self.edit.clear()
        self._check()
