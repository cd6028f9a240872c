"""Bodies made of nothing but their JSON schema: what a client would send that read no more."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

# What a pattern or format asks for, where the schema gives no example.
WORDS: Final[Mapping[str, str]] = {
    "^[A-Z]{3}$": "GBP",
    "^[A-Z]{2}$": "GB",
    "^[^@\\s]+@[^@\\s]+$": "ada@example.com",
    "date-time": "2026-01-02T03:04:05Z",
}

Place = tuple[str | int, ...]


class Sampler:
    """Makes values of a document's schemas. `whole`: with the optional members too."""

    def __init__(self, document: Mapping[str, Any], *, whole: bool = False) -> None:
        self._document = document
        self._whole = whole

    def body(self, operation: Mapping[str, Any]) -> Any:
        schema = json_schema(operation)
        return None if schema is None else self._value(schema)

    def objects(self, operation: Mapping[str, Any]) -> Iterator[tuple[Place, set[str]]]:
        """Where in the body the objects are whose members are listed, and the members."""
        schema = json_schema(operation)
        if schema is not None:
            yield from self._objects(schema, ())

    def _value(self, schema: Mapping[str, Any]) -> Any:
        schema = self._meant(schema)
        given = [schema.get("const"), schema.get("default"), *schema.get("enum", ())]
        given += schema.get("examples", ())
        said = next((value for value in given if value is not None), None)
        return self._made(schema) if said is None else said

    def _made(self, schema: Mapping[str, Any]) -> Any:
        match schema.get("type"):
            case "object":
                members = schema.get("properties", {})
                wanted = members if self._whole else schema.get("required", ())
                return {name: self._value(members[name]) for name in wanted}
            case "array":
                return [self._value(schema["items"])]
            case "integer" | "number":
                return max(1, schema.get("minimum", 1))
            case "boolean":
                return True
            case _:
                return _word(schema)

    def _objects(self, schema: Mapping[str, Any], place: Place) -> Iterator[tuple[Place, set[str]]]:
        schema = self._meant(schema)
        if "properties" in schema:
            yield place, set(schema["properties"])
            for name, member in schema["properties"].items():
                yield from self._objects(member, (*place, name))
        if schema.get("type") == "array" and schema.get("default") != []:
            yield from self._objects(schema["items"], (*place, 0))

    def _meant(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Behind references, and the first of several choices: the one that is not null."""
        while True:
            if "$ref" in schema:
                name = schema["$ref"].rpartition("/")[2]
                schema = self._document["components"]["schemas"][name]
            elif "anyOf" in schema:
                schema = schema["anyOf"][0]
            else:
                return schema


def json_schema(operation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] | None = content.get("application/json", {}).get("schema")
    return schema


def _word(schema: Mapping[str, Any]) -> str:
    told: str = schema.get("pattern") or schema.get("format") or ""
    return WORDS.get(told, "a" * max(1, schema.get("minLength", 1)))
