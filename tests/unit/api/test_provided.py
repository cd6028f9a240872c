"""Routes name what they want of the container; here every name is looked up."""

import re
from pathlib import Path

import orderwright.api
from orderwright.container import Container

NAMED = re.compile(r'(?:provided\(|of_container\(request,)\s*"(\w+)"\s*\)')


def test_everything_that_routes_ask_for_is_provided() -> None:
    sources = [file.read_text() for file in Path(orderwright.api.__path__[0]).rglob("*.py")]
    asked_for = {name for source in sources for name in NAMED.findall(source)}

    assert asked_for >= {"clock", "ids", "authenticator", "order_reader"}
    assert asked_for <= set(Container.providers)
