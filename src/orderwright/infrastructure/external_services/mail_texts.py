"""Mails from templates: one of text, whose first line is the subject, and one of HTML beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from orderwright.domain.interfaces.mailer import MailText


class JinjaMailTemplates:
    def __init__(self, shop: str) -> None:
        """`shop` is the name that customers know the sender by."""
        self._shop = shop

    def write(self, template: str, facts: Mapping[str, object]) -> MailText:
        known = {"shop": self._shop, **facts}
        first, text = _rendered(f"{template}.txt", known).split("\n", 1)
        return MailText(
            subject=first.strip(),
            text=text.strip() + "\n",
            html=_rendered(f"{template}.html", known),
        )


def _rendered(template: str, facts: Mapping[str, object]) -> str:
    return _environment().get_template(template).render(facts)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("orderwright.infrastructure.external_services", "mail_templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["day"] = _day
    return environment


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
