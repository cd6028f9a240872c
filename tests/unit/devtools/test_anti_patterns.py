"""Each anti-pattern that this house does without, planted, is found by what `make check` runs; the house
itself is found clean by the same."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from devtools.anti_patterns import ALLOWED, PACKAGE, findings, findings_in

_REPOSITORY: Final = Path(__file__).parents[3]

# By name: what is planted, and which rule of ruff has to find it.
RUFF: Final = {
    "fire and forget": (
        "import asyncio\n\n\nasync def go() -> None:\n    asyncio.create_task(asyncio.sleep(1))\n",
        "RUF006",
    ),
    "sleeping in async": (
        "import time\n\n\nasync def go() -> None:\n    time.sleep(1)\n",
        "ASYNC251",
    ),
    "a blocking request in async": (
        "import requests\n\n\nasync def go() -> None:\n    requests.get('https://a.b', timeout=1)\n",
        "ASYNC210",
    ),
    "a file opened in async": ("async def go() -> None:\n    open('a')\n", "ASYNC230"),
    "a process waited for in async": (
        "import subprocess\n\n\nasync def go() -> None:\n    subprocess.run(['a'])\n",
        "ASYNC221",
    ),
    "a request without timeout": ("import requests\n\nrequests.get('https://a.b')\n", "S113"),
    "bare except": ("try:\n    pass\nexcept:\n    print()\n", "E722"),
    "blind except": ("try:\n    print()\nexcept Exception:\n    print()\n", "BLE001"),
    "an error passed over": ("try:\n    print()\nexcept ValueError:\n    pass\n", "SIM105"),
    "a shared default": ("def go(found: list[int] = []) -> list[int]:\n    return found\n", "B006"),
    "a shared attribute": ("class Kept:\n    found = []\n", "RUF012"),
    "a changed global": ("n = 0\n\n\ndef go() -> None:\n    global n\n    n += 1\n", "PLW0603"),
    "untyped": ("def go(a):\n    return a\n", "ANN001"),
    "a password in the code": ('password = "hunter2"\n', "S105"),
    "an address for everybody": ('HOST = "0.0.0.0"\n', "S104"),
    "SQL put together": ("def go(name: str) -> str:\n    return f'SELECT {name} FROM t'\n", "S608"),
    "a test of nothing but luck": ("import random\n\nTOKEN = random.random()\n", "S311"),
    "one that decides everything": (
        "def go(n: int) -> int:\n"
        + "".join(f"    if n == {i}:\n        n += {i}\n" for i in range(20))
        + "    return n\n",
        "C901",
    ),
}
# What our own linter looks for.
OWN: Final = {
    "gather": "async def go(urls):\n    await asyncio.gather(*[get(url) for url in urls])\n",
    "queue": "waiting = asyncio.Queue()\n",
    "pool": "async def go(number):\n    await asyncio.to_thread(factorial, number)\n",
    "environment": "URL = os.environ['URL']\n",
    "global": "known = {}\n\n\ndef remember(name):\n    known[name] = 1\n",
    "provided": "wait = providers.Factory(Wait, wake_up.provided.call)\n",
    "size": "x = 1\n" * 401,
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What ruff finds in each, by its name; one run for all."""
    folder = tmp_path_factory.mktemp("planted")
    for name, (source, _) in RUFF.items():
        (folder / f"{name}.py").write_text(source)
    ran = subprocess.run(
        [
            *(
                Path(sys.executable).with_name("ruff"),
                "check",
                "--no-cache",
                "--output-format=json",
            ),
            *(f"--config={_REPOSITORY / 'pyproject.toml'}", folder),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, set[str]] = {name: set() for name in RUFF}
    for each in json.loads(ran.stdout):
        found[Path(each["filename"]).stem].add(each["code"])
    return found


@pytest.mark.parametrize("name", RUFF)
def test_ruff_finds(name: str, told: dict[str, set[str]]) -> None:
    assert RUFF[name][1] in told[name]


@pytest.mark.parametrize("rule", OWN)
def test_our_own_linter_finds(rule: str) -> None:
    assert {each.rule for each in findings(OWN[rule])} == {rule}


def test_what_only_looks_like_it_is_let_through() -> None:
    innocent = """
async def go(known, first, second):
    await asyncio.gather(first(), second())
    waiting = asyncio.Queue(maxsize=10)
    known["name"] = waiting
    NAMES.index("a")
"""
    assert list(findings(innocent)) == []


def test_the_house_does_without_them() -> None:
    assert findings_in(PACKAGE) == []


def test_no_leave_is_given_that_nobody_takes() -> None:
    taken = {
        (rule, module)
        for rule, modules in ALLOWED.items()
        for module in modules
        if any(found.rule == rule for found in findings((PACKAGE / module).read_text()))
    }

    assert taken == {(rule, module) for rule, modules in ALLOWED.items() for module in modules}


def test_mypy_is_as_strict_as_it_gets(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("def go(names: list) -> str:\n    return names[0] + 1\n")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", f"--config-file={_REPOSITORY / 'pyproject.toml'}"),
            *(f"--cache-dir={tmp_path}", "--no-error-summary", planted),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "[type-arg]" in ran.stdout, ran.stdout + ran.stderr
