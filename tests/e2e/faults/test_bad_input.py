"""No input makes the service fail, or answer in another form than errors have. Every place
gets a text of every list by default; all with ORDERWRIGHT_CORPUS_SHARE=1000. With `-s` the counts
are shown."""

import gc
import os
import sys
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from structlog.testing import capture_logs

from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.e2e.faults.contract_form import faults_of_form, rows
from tests.e2e.faults.corpus import Corpus
from tests.e2e.faults.targets import Target, body_routes, targets

# How many texts of each list every place gets: another part of the list for each place.
SHARE: Final = int(os.environ.get("ORDERWRIGHT_CORPUS_SHARE", "1"))
# There are many, and few look into them.
HEADER_SHARE: Final = min(SHARE, 10)
# Every how many of the bodies each route gets.
BODY_STEP: Final = 4 if SHARE < 10 else 1
JSON: Final = {"content-type": "application/json"}
CANARY: Final = "canary-hunter2"
MEGABYTE: Final = 1_048_576


# The shared one is large, and most of it is refused before any database hears of it.
@pytest.fixture(
    params=[
        ("sqlite", "made-up"),
        ("postgresql", "made-up"),
        pytest.param(("sqlite", "shared"), marks=pytest.mark.long),
        ("postgresql", "shared"),
    ],
    ids="-".join,
)
def url_and_corpus(request: pytest.FixtureRequest) -> tuple[str, Corpus]:
    database, texts = request.param
    url: str = request.getfixturevalue(f"{database}_url")
    if texts == "made-up":
        return url, Corpus.made_up()
    directory: Path = request.getfixturevalue("shared_data")
    return url, Corpus.shared(directory / "bad-input")


@pytest.fixture
def corpus(url_and_corpus: tuple[str, Corpus]) -> Corpus:
    return url_and_corpus[1]


# By default far less than the usual limit; the whole takes minutes.
pytestmark = pytest.mark.timeout(3600 if SHARE > 2 else 300)


@pytest.fixture
async def unlimited(url_and_corpus: tuple[str, Corpus], tmp_path: Path) -> AsyncIterator[Service]:
    async with Service.running(
        url_and_corpus[0], tmp_path, rate_limit_enabled=False, log_level="ERROR"
    ) as service:
        yield service


async def test_every_body_route_reads_json_as_strictly_as_the_suite_asks(
    unlimited: Service, corpus: Corpus
) -> None:
    client = await unlimited.client()
    before = await rows(unlimited)
    asked: Counter[str] = Counter()
    wrong = []

    for number, route in enumerate(body_routes(unlimited.app)):
        for case in corpus.bodies[number % BODY_STEP :: BODY_STEP]:
            answer = await client.request(
                route.method, route.path_to_nothing, content=case.body, headers=JSON
            )
            asked[case.expect] += 1
            if not _is_as_expected(answer, case.expect):
                wrong.append((route.route, case.name, answer.status_code, answer.text[:200]))

    assert wrong == []
    assert await rows(unlimited) == before
    _report("json-parsing", asked)


def _is_as_expected(answer: httpx2.Response, expect: str) -> bool:
    if not 400 <= answer.status_code < 500 or faults_of_form(answer):
        return False
    return expect != "accept" or answer.json()["code"] != "malformed_json"


async def test_no_text_anywhere_makes_the_service_fail(unlimited: Service, corpus: Corpus) -> None:
    client = await unlimited.client()
    places = list(targets(unlimited.app))
    asked: Counter[str] = Counter()
    answered: Counter[int] = Counter()
    wrong = []

    for name, texts in corpus.texts.items():
        rest = cycle(texts)
        for place in places:
            share = HEADER_SHARE if place.place.startswith("header ") else SHARE
            for _ in range(min(share, len(texts))):
                text = next(rest)
                answer = await place.ask(client, text)
                if answer.status_code == 401 and place.keeps_its_caller:
                    client = (
                        await unlimited.client()
                    )  # a text was the id of its key, and revoked it
                    answer = await place.ask(client, text)
                    assert answer.status_code != 401, place
                asked[f"{name} -> {place.place.partition(' ')[0]}"] += 1
                answered[answer.status_code] += 1
                if answer.status_code >= 500 or faults_of_form(answer):
                    wrong.append((place.route, place.place, text, answer.text[:200]))

    assert wrong == []
    _report(f"{len(places)} places", asked)
    _report("answers", answered)


async def test_what_was_sent_is_never_sent_back_in_an_error_nor_logged(
    sqlite_service: Service,
) -> None:
    client = await sqlite_service.client()
    told = []

    with capture_logs() as lines:
        for place in targets(sqlite_service.app):
            if not place.place.startswith("path ") and place.place != "header X-Correlation-ID":
                answer = await place.ask(client, f"{CANARY}\x07")
                if answer.status_code >= 400 and CANARY in answer.text + str(answer.headers):
                    told.append((place.route, place.place, answer.text))

    assert told == []
    assert CANARY not in str(lines)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/tasks/{text}"),
        ("POST", "/tasks/{text}/retry"),
        ("POST", "/orders/1/shipments/{text}/deliver"),
        ("POST", "/orders/1/returns/{text}/receive"),
        ("POST", "/orders/1/payments/{text}/capture"),
        ("POST", "/orders/1/payments/{text}/void"),
        ("GET", "/orders/{number}"),
        ("GET", "/orders/{number}/timeline"),
        ("GET", "/orders/{number}/actions"),
        ("POST", "/orders/{number}/cancel"),
        ("GET", "/customers/{number}"),
        ("GET", "/products/{number}"),
        ("GET", "/users/{number}"),
        ("DELETE", "/api-keys/{number}"),
    ],
)
async def test_no_refusal_repeats_the_id_that_was_asked_for(
    method: str, path: str, sqlite_service: Service
) -> None:
    shop = await sqlite_service.shop()
    await shop.placed(await shop.product("A", stock=5))
    asked_for = {"text": CANARY, "number": "987654321"}

    answer = await shop.client.request(method, f"/api/v1{path.format(**asked_for)}")

    assert answer.status_code == 404
    assert not any(each in answer.text for each in asked_for.values())


@pytest.mark.parametrize(
    ("headers", "caller", "status", "megabytes_read"),
    [
        ({b"content-length": b"10"}, "a machine", 413, 2),
        ({}, "a machine", 413, 2),
        ({b"content-length": b"1073741824"}, "a machine", 413, 0),
        ({b"content-length": b"10"}, "nobody", 401, 0),
    ],
)
async def test_a_gigabyte_is_refused_before_it_is_read(
    headers: dict[bytes, bytes], caller: str, status: int, megabytes_read: int,
    sqlite_service: Service,
) -> None:  # fmt: skip
    key = await sqlite_service.key(Permission.ADMIN)
    mine = {b"authorization": f"Bearer {key}".encode()} if caller == "a machine" else {}
    read = 0
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b" " * MEGABYTE, "more_body": read < 1024}

    async def send(message: Any) -> None:
        answers.append(message)

    scope = _scope({b"content-type": b"application/json", **headers, **mine})
    gc.collect()
    tracemalloc.start()
    await sqlite_service.app(scope, receive, send)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answers[0]["status"] == status
    assert read <= megabytes_read
    assert peak < 8 * MEGABYTE


def _scope(headers: dict[bytes, bytes]) -> dict[str, Any]:
    path = "/api/v1/customers"
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": list(headers.items()),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }


async def test_memory_stays_flat_whatever_comes_in(sqlite_service: Service) -> None:
    client = await sqlite_service.client()
    place = Target("POST", "/api/v1/customers", "body")
    bodies = [case.body for case in Corpus.made_up().bodies]

    async def send_all(times: int) -> None:
        for _ in range(times):
            for body in bodies:
                await client.request(place.method, place.path, content=body, headers=JSON)

    async def kept_after(times: int) -> int:
        await send_all(times)
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
        return kept

    await send_all(3)
    gc.collect()
    tracemalloc.start()
    kept = [await kept_after(10) for _ in range(4)]
    tracemalloc.stop()

    # What leaks grows each time; what is made once, by whatever else runs in this process, does not.
    assert min(later - earlier for earlier, later in pairwise(kept)) < MEGABYTE // 4


def _report(what: str, counts: Counter[Any]) -> None:
    rss_mib = int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // MEGABYTE
    sys.stdout.write(f"\n{what}: {counts.total()} {dict(counts)}; {rss_mib} MiB\n")
