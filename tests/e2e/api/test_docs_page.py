"""The page on which people try the API out works without any other server, and runs nothing else."""

import re
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from orderwright.api.docs import DOCUMENTS
from tests.e2e.api.service import Service

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
}


class Page(HTMLParser):
    """What a browser would load, follow, or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.followed: list[str] = []
        self.documents: list[str] = []
        self.inline: list[str] = []
        self._in: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.inline += [name for name in found if name.startswith("on") or name == "style"]
        if "data-document" in found:
            self.documents.append(found["data-document"])
        if tag == "a":
            self.followed.append(found["href"])
        elif found.keys() & {"src", "href"}:
            self.loaded.append(found.get("src") or found["href"])
        self._in = tag

    def handle_data(self, data: str) -> None:
        if self._in in ("script", "style") and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the signature is fixed
        self._in = None


@pytest.fixture
async def client(sqlite_url: str, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with Service.running(sqlite_url, tmp_path / "data", app_name="Shop <1>") as service:
        yield await service.anonymous()


def directives(policy: str) -> dict[str, set[str]]:
    parts = [each.split() for each in policy.split(";")]
    return {name: set(sources) for name, *sources in parts}


def strings(script: str) -> Iterator[str]:
    yield from re.findall(r'"([^"]*)"', script)


async def test_a_browser_that_takes_html_only_gets_the_page(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/docs", headers={"Accept": "text/html"})).status_code == 200


async def test_all_that_the_page_loads_is_here_and_of_the_right_type(
    client: httpx2.AsyncClient,
) -> None:
    shown = await client.get("/docs")
    page = Page(shown.text)

    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<title>Shop &lt;1&gt;</title>" in shown.text
    names = [re.sub(r"\?v=[0-9a-f]{16}$", "", each) for each in page.loaded]
    assert names == [
        "docs/favicon-32x32.png",
        "docs/swagger-ui.css",
        "docs/swagger-ui-bundle.js",
        "docs/start.js",
    ]
    for address in page.loaded:
        loaded = await client.get(f"/{address}")
        assert loaded.status_code == 200
        assert loaded.headers["Content-Type"] == TYPES[address.partition("?")[0].rpartition(".")[2]]
        assert loaded.headers["X-Content-Type-Options"] == "nosniff"
        assert len(loaded.content) > 100
    assert "SwaggerUIBundle" in (await client.get(f"/{page.loaded[2]}")).text


async def test_the_policy_allows_just_that(client: httpx2.AsyncClient) -> None:
    shown = await client.get("/docs")

    assert Page(shown.text).inline == []
    assert directives(shown.headers["Content-Security-Policy"]) == {
        "default-src": {"'none'"},
        "script-src": {"'self'"},
        "style-src": {"'self'"},
        "img-src": {"'self'", "data:"},
        "connect-src": {"'self'"},
        "base-uri": {"'none'"},
        "form-action": {"'none'"},
        "frame-ancestors": {"'none'"},
    }


async def test_nothing_that_we_wrote_names_another_server(client: httpx2.AsyncClient) -> None:
    shown = await client.get("/docs")
    script = (await client.get("/docs/start.js")).text

    assert "//" not in shown.text
    assert [each for each in strings(script) if "/" in each] == []
    assert "validatorUrl: null" in script  # or the document is sent away to be judged


async def test_styles_load_no_more_than_the_policy_allows(client: httpx2.AsyncClient) -> None:
    style = (await client.get("/docs/swagger-ui.css")).text

    assert "@import" not in style
    assert {each[:5] for each in re.findall(r"url\([\"']?(.{5})", style)} == {"data:"}


async def test_every_document_can_be_chosen_and_is_there(client: httpx2.AsyncClient) -> None:
    first = Page((await client.get("/docs")).text)
    assert first.followed == [f"docs?document={name}" for name in DOCUMENTS]

    for name, path in DOCUMENTS.items():
        page = Page((await client.get("/docs", params={"document": name})).text)
        assert [f"/{each}" for each in page.documents] == [path]
        document = await client.get(path)
        assert document.status_code == 200
        assert document.json()["openapi"].startswith("3.")
    assert first.documents == [next(iter(DOCUMENTS.values())).removeprefix("/")]


async def test_files_are_kept_by_browsers_for_as_long_as_they_stay_the_same(
    client: httpx2.AsyncClient,
) -> None:
    address = Page((await client.get("/docs")).text).loaded[1]

    kept = await client.get(f"/{address}")
    stale = await client.get("/docs/swagger-ui.css", params={"v": "0" * 16})
    asked_again = await client.get(
        "/docs/swagger-ui.css", headers={"If-None-Match": kept.headers["ETag"]}
    )

    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert stale.headers["Cache-Control"] == "no-cache"
    assert (asked_again.status_code, asked_again.content) == (304, b"")


async def test_files_are_sent_compressed_to_whom_can_read_that(client: httpx2.AsyncClient) -> None:
    path = "/docs/swagger-ui-bundle.js"

    plain = await client.get(path, headers={"Accept-Encoding": "identity"})
    packed = await client.get(path, headers={"Accept-Encoding": "br, gzip"})
    for refused in ("gzip;q=0", "br, GZIP; q=0.0", "*;q=0", "gzip;q=0, *", "x-gzip", "br"):
        answer = await client.get(path, headers={"Accept-Encoding": refused})
        assert "Content-Encoding" not in answer.headers, refused
        assert answer.content == plain.content
    for taken in ("gzip;q=0.1", "*", "identity, gzip"):
        answer = await client.get(path, headers={"Accept-Encoding": taken})
        assert answer.headers["Content-Encoding"] == "gzip", taken

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 3
    assert packed.content == plain.content


@pytest.mark.parametrize(
    "path", ["/docs/main.py", "/docs/..%2F__init__.py", "/docs/%2e%2e/main.py", "/docs/"]
)
async def test_no_other_file_can_be_fetched(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 404
    assert answer.json()["code"] == "route_not_found"


async def test_a_document_that_does_not_exist_is_not_shown(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/docs", params={"document": "https://evil.test/openapi.json"})

    assert answer.status_code == 404
    assert answer.json()["code"] == "document_not_found"
