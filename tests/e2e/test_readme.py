"""The README's session works as it is printed."""

import asyncio
import json
import re
import subprocess
from pathlib import Path

from tests.patience import AWAITED_S
from tests.server_process import ServerProcess

README = Path(__file__).parents[2] / "README.md"


def printed_session() -> str:
    marked = re.search(r"<!-- tested: .*? -->\n```sh\n(.*?)```", README.read_text(), re.DOTALL)
    assert marked is not None
    return marked[1]


async def banner(server: ServerProcess) -> None:
    async with asyncio.timeout(AWAITED_S):
        while " is ready (" not in server.log.read_text():
            await asyncio.sleep(0.05)


async def test_the_session_of_the_readme_works_as_printed(sqlite_url: str, tmp_path: Path) -> None:
    settings = {"DATA_DIR": str(tmp_path / "var")}
    async with ServerProcess(sqlite_url, tmp_path, "--demo", **settings) as server:
        await banner(server)
        session = printed_session().replace("http://127.0.0.1:8000", server.url)

        done = await asyncio.to_thread(
            subprocess.run,
            ["bash", "-euo", "pipefail", "-c", session],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("/api/v1/orders/")
        timeline = json.loads(done.stdout[done.stdout.rindex('[{"sequence"') :])
        assert [entry["event"] for entry in timeline] == [
            "order.placed",
            "order.inventory_validated",
            "payment.requested",
            "payment.captured",
            "order.confirmed",
            "shipment.created",
            "order.shipped",
        ]
