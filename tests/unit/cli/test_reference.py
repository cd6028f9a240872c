"""The reference pages say what the code says."""

from pathlib import Path

from orderwright.cli.app import app
from orderwright.cli.command_reference import command_reference
from orderwright.cli.error_reference import error_reference
from orderwright.cli.event_reference import event_reference
from orderwright.cli.settings_reference import settings_reference
from orderwright.config import Settings

PAGES = Path(__file__).parents[3] / "docs" / "reference"


def test_the_settings_page_is_up_to_date() -> None:
    """Repair with `orderwright reference settings > docs/reference/settings.md`."""
    assert (PAGES / "settings.md").read_text() == settings_reference() + "\n"


def test_the_command_line_page_is_up_to_date() -> None:
    """Repair with `orderwright reference cli > docs/reference/cli.md`."""
    assert (PAGES / "cli.md").read_text() == command_reference(app) + "\n"


def test_the_page_of_errors_is_up_to_date() -> None:
    """Repair with `orderwright reference errors > docs/reference/errors.md`."""
    assert (PAGES / "errors.md").read_text() == error_reference() + "\n"


def test_the_page_of_events_is_up_to_date() -> None:
    """Repair with `orderwright reference events > docs/reference/events.md`."""
    assert (PAGES / "events.md").read_text() == event_reference() + "\n"


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
