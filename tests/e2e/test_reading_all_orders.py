"""The program in the how-to works as it is printed."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.server_process import PreloadedServer
from tests.shop import Shop

HOW_TO = Path(__file__).parents[2] / "docs/how-to/read-all-orders.md"


def printed_program() -> str:
    marked = re.search(r"<!-- tested: .*? -->\n```python\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    assert marked is not None
    return marked[1]


async def test_the_program_of_the_how_to_reads_every_order(
    database_url: str, tmp_path: Path
) -> None:
    limited = {"RATE_LIMIT_ENABLED": "true", "RATE_LIMIT_DEFAULT": "2/second"}
    async with PreloadedServer(database_url, tmp_path, **limited) as server:
        key = await server.api_key()
        async with server.client(key) as client:
            shop = await Shop.open(client)
            apple = await shop.product("APPLE", stock=1000)
            placed = [await shop.placed(apple, number) for number in range(1, 6)]
        program = tmp_path / "read_all_orders.py"
        program.write_text(printed_program().replace("limit=100", "limit=2"), "utf-8")

        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-W", "error", str(program)],
            env={**os.environ, "ORDERWRIGHT_URL": server.url, "ORDERWRIGHT_API_KEY": key},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == [
            f"{order['id']} {order['created_at']} {order['total']} GBP" for order in placed
        ]
