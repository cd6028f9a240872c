import pytest

from orderwright.api.problems import Refused
from orderwright.api.versions import Choice, choose


@pytest.mark.parametrize("known", ["1.0", "2.0", "2.1", "2.10", "2.99999", "2.999999999"])
def test_a_header_that_names_a_version_chooses_it_and_is_echoed(known: str) -> None:
    assert choose("/api/orders/7", known) == Choice(f"/api/v{known[0]}/orders/7", known)


@pytest.mark.parametrize(
    "unknown",
    [
        "",
        " ",
        "1",
        "2",
        "1.1",
        "3.0",
        "2.",
        "2.x",
        "2.01",
        "2.1000000000",
        "v2",
        "2.0, 1.0",
        "2.0\n",
        "٢.0",
    ],
)
@pytest.mark.parametrize("path", ["/api/orders", "/api/v1/orders", "/api/v2/orders"])
def test_a_header_that_names_none_is_refused(path: str, unknown: str) -> None:
    with pytest.raises(Refused) as refused:
        choose(path, unknown)

    assert refused.value.problem.code == "api_version_unknown"


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/api/orders", "1.0"),
        ("/api/v1/orders", "1.0"),
        ("/api/v2/orders", "2.0"),
        ("/api/v20/orders", "1.0"),
        ("/health/live", "1.0"),
    ],
)
def test_without_a_header_the_path_says_it_or_the_first_is_meant(path: str, number: str) -> None:
    assert choose(path, None).spelled == number


@pytest.mark.parametrize("path", ["/health/live", "/me", "/api", "/token"])
def test_what_belongs_to_no_version_asks_for_none(path: str) -> None:
    assert choose(path, "9.9") == Choice(path, "1.0")
