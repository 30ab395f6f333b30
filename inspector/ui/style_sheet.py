"""The style sheet of the standard Qt controls, written from the tokens; what it cannot say is painted in widgets/."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import Template

from PySide6.QtGui import QFont

from inspector.ui.theme_tokens import COLOR_NAMES, FontName, Tokens, css

# The placeholder colour and the header's font stand here because a style sheet on these two controls discards what
# their palette and setFont() say.
_SHEET = Template(
    """
QToolTip { background: $tooltip; color: $onTooltip; border: 0; padding: 5px 8px; font-size: ${px_small}px; }
QMainWindow, QDialog { background: $surface; }

QMenuBar { background: $window; color: $text2; border: 0; padding: 0 3px; spacing: 0; font-size: ${px_small}px; }
QMenuBar::item { background: transparent; padding: 5px 10px 5px 9px; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; color: $text; }
QMenuBar::item:pressed { background: $pressed; color: $text; }
QMenu { background: $surface; color: $text; border: 1px solid $borderStrong; border-radius: ${r_card}px; padding: 4px; }
QMenu::item { padding: 6px 8px 6px 36px; min-height: 16px; border-radius: ${r_control}px; }
QMenu::item:selected { background: $accentFill; color: $onAccent; }
QMenu::item:disabled { color: $text3; }
QMenu::separator { height: 1px; margin: 4px 5px; background: $border; }
QMenu::icon { left: 8px; }

QLineEdit, QAbstractSpinBox {
  background: $surface; color: $text; border: 1px solid $control; border-radius: ${r_control}px;
  padding: 0 8px; min-height: 28px; placeholder-text-color: $text3;
  selection-background-color: $accentFill; selection-color: $onAccent;
}
QLineEdit[outline="soft"] { border-color: $borderStrong; }
QLineEdit:focus, QAbstractSpinBox:focus { border: 2px solid $focus; padding: 0 7px; min-height: 26px; }
QLineEdit[invalid="true"] { border-color: $failSolid; }
QLineEdit:disabled, QAbstractSpinBox:disabled { background: $subtle; border-color: $border; color: $text3; }
QLineEdit:read-only { color: $text; }
QLineEdit[bare="true"], QLineEdit[bare="true"]:focus { background: transparent; border: 0; padding: 0; min-height: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: 0; }

QPlainTextEdit, QTextEdit {
  background: $surface; color: $text; border: 1px solid $borderStrong; border-radius: ${r_card}px; padding: 4px;
  selection-background-color: $accentFill; selection-color: $onAccent;
}
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $focus; padding: 3px; }
QPlainTextEdit[bare="true"], QTextEdit[bare="true"] { border: 0; border-radius: 0; padding: 0; }

QDialogButtonBox QPushButton, QMessageBox QPushButton {
  background: $surface; color: $text; border: 1px solid $borderStrong; border-radius: ${r_control}px;
  padding: 0 12px; min-height: 28px; font-weight: 500;
}
QDialogButtonBox QPushButton:hover, QMessageBox QPushButton:hover { background: $hover; }
QDialogButtonBox QPushButton:pressed, QMessageBox QPushButton:pressed { background: $pressed; }
QDialogButtonBox QPushButton:focus, QMessageBox QPushButton:focus {
  border: 2px solid $focus; padding: 0 11px; min-height: 26px;
}
QDialogButtonBox QPushButton:default, QMessageBox QPushButton:default {
  background: $accentFill; border-color: $accentFill; color: $onAccent; font-weight: 600;
}
QDialogButtonBox QPushButton:default:hover, QMessageBox QPushButton:default:hover { background: $accentHover; }
QDialogButtonBox QPushButton:default:focus, QMessageBox QPushButton:default:focus { border-color: $text; }
QDialogButtonBox QPushButton:disabled, QMessageBox QPushButton:disabled {
  background: $subtle; border-color: $border; color: $text3;
}

QComboBox QAbstractItemView {
  background: $surface; color: $text; border: 1px solid $borderStrong; padding: 4px; outline: 0;
  selection-background-color: $accentFill; selection-color: $onAccent;
}
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 6px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected { background: $accentFill; color: $onAccent; }

QTableView, QTreeView, QListView {
  background: $surface; color: $text; border: 0; outline: 0; gridline-color: $grid;
  selection-background-color: $selected; selection-color: $text;
}
QHeaderView { background: $surface; border: 0; }
QHeaderView::section {
  background: $surface; color: $text3; border: 0; border-bottom: 1px solid $border; padding: 0 4px;
  font-size: ${px_column}px; font-weight: 500;
}
QHeaderView::section:hover { color: $text; }
QTableCornerButton::section { background: $surface; border: 0; }

QScrollArea { background: transparent; border: 0; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; border: 0; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; border: 0; height: 10px; margin: 0; }
QScrollBar::handle { background: $borderStrong; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $control; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSlider { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $borderStrong; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accentFill; }
QSlider::handle:horizontal {
  width: 12px; height: 12px; margin: -5px 0; border: 2px solid $accentFill; border-radius: 8px; background: $surface;
}
QSlider::handle:horizontal:focus { background: $accentTint; border-color: $focus; }

QProgressBar { background: $pressed; border: 0; border-radius: 2px; max-height: 4px; text-align: center; }
QProgressBar::chunk { background: $accentFill; border-radius: 2px; }
QGroupBox { border: 1px solid $borderStrong; border-radius: ${r_card}px; margin-top: 8px; padding: 14px; }
QGroupBox::title { subcontrol-origin: margin; left: 12px; padding: 0 4px; color: $text2; }
"""
)


def build_style_sheet(tokens: Tokens, font: Callable[[FontName], QFont], radii: Mapping[str, int]) -> str:
    """Fill the style sheet with one scheme's colours, the chosen text size and the radii."""
    names: tuple[FontName, ...] = ("small", "column")
    values: dict[str, str] = {name: css(getattr(tokens, name)) for name in COLOR_NAMES}
    values |= {f"px_{name}": str(font(name).pixelSize()) for name in names}
    values |= {f"r_{name}": str(radius) for name, radius in radii.items()}
    return _SHEET.substitute(values)
