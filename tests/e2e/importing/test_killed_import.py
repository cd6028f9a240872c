from pathlib import Path

from orderwright.infrastructure.database import migrate
from tests.e2e.importing.importer import Importer, half_a_year


async def test_a_killed_import_goes_on_and_ends_as_an_unbroken_one(
    database_url: str, tmp_path: Path
) -> None:
    sales = half_a_year(tmp_path / "sales.csv")
    unbroken_url = f"sqlite+aiosqlite:///{tmp_path}/unbroken.db"
    await migrate.upgrade(unbroken_url)
    unbroken = Importer(unbroken_url, tmp_path / "unbroken")
    whole = unbroken.run([sales], "online-retail")

    importer = Importer(database_url, tmp_path / "killed")
    killed = importer.start([sales], "online-retail", CRASH_POINTS="import.mid:kill")
    assert killed.returncode == -9
    resumed = importer.run([sales], "online-retail")

    assert resumed["value"]["total"] == whole["value"]["total"]
    expected, found = await unbroken.left_behind(), await importer.left_behind()
    assert len(found.orders) > 100
    assert found.orders == expected.orders
    assert found.timelines == expected.timelines
    assert found.violations == []


async def test_the_same_import_again_changes_nothing(database_url: str, tmp_path: Path) -> None:
    sales = half_a_year(tmp_path / "sales.csv", documents=60)
    importer = Importer(database_url, tmp_path)
    first = importer.run([sales], "online-retail")
    before = await importer.left_behind()

    again = importer.run([sales], "online-retail")

    after = await importer.left_behind()
    assert again["documents"]["placed"] == 0
    assert again["value"]["total"] == first["value"]["total"]
    assert after.orders == before.orders
    assert after.timelines == before.timelines
