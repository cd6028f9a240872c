"""Tokens that were made to get past verifiers, each by the name that its collection gives it."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orderwright.domain.interfaces.security import InvalidToken
from tests.e2e.api.service import Service
from tests.unit.security.test_jwt_tokens import NOW, good_claims, good_header, signed, tokens

VECTORS = Path("bad-input") / "jws-wycheproof.json.gz"
# What the well-known attacks do, made up here for where the collection is absent.
MADE_UP = {
    "algorithm none": signed(good_claims(), good_header(alg="none")).rpartition(".")[0] + ".",
    "algorithm nOnE": signed(good_claims(), good_header(alg="nOnE")),
    "signed with the empty key": signed(good_claims(), good_header(), secret=""),
    "key of its own in the header": signed(
        good_claims(), good_header(jwk={"kty": "oct", "k": "c3Nzc3Nz"})
    ),
    "JSON serialization": json.dumps({"payload": "Zm9v", "signatures": []}),
}


def vectors(shared_data: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(shared_data / VECTORS) as file:
        groups: list[dict[str, Any]] = json.load(file)["testGroups"]
    for group in groups:
        for test in group["tests"]:
            jws = test["jws"]
            token = jws if isinstance(jws, str) else json.dumps(jws)
            yield f"{group['comment']}: {test['comment']} ({test['tcId']})", token


@pytest.mark.parametrize("name", MADE_UP)
def test_an_attack_is_refused(name: str) -> None:
    with pytest.raises(InvalidToken):
        tokens().read(MADE_UP[name], NOW)


def test_every_vector_of_the_collection_is_refused(
    shared_data: Path, subtests: pytest.Subtests
) -> None:
    """The valid ones too, for nobody here signed them."""
    found = list(vectors(shared_data))
    assert len(found) == 200

    for name, token in found:
        with subtests.test(name), pytest.raises(InvalidToken):
            tokens().read(token, NOW)


async def test_none_of_them_signs_anybody_in(
    shared_data: Path, sqlite_url: str, tmp_path: Path
) -> None:
    async with Service.running(sqlite_url, tmp_path / "data") as service:
        for name, token in [*MADE_UP.items(), *vectors(shared_data)]:
            client = await service.bearer(token)
            answer = await client.get("/me")
            code = "invalid_token" if token else "not_signed_in"
            assert (answer.status_code, answer.json()["code"]) == (401, code), name
