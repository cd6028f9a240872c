from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from orderwright.api.wire.body import Body, Shown, Time
from orderwright.api.wire.text import NO_NUL, ONE_LINE, ShortName
from orderwright.application.commands.create_api_key import CreateApiKey, CreatedApiKey
from orderwright.application.services.password_rules import CHARS_MAX, CHARS_MIN
from orderwright.application.services.token_pair import TokenPair
from orderwright.domain.value_objects.permission import Permission

AnyPermission = Annotated[Permission, Field(strict=False)]
Permissions = Annotated[list[Permission], BeforeValidator(sorted)]


# Anything that can be typed, and nothing of it is changed here.
Password = Annotated[
    str, Field(min_length=1, max_length=CHARS_MAX, json_schema_extra={"pattern": NO_NUL})
]

NewPassword = Annotated[
    str, Field(min_length=CHARS_MIN, max_length=CHARS_MAX, json_schema_extra={"pattern": NO_NUL})
]


class SignInForm(BaseModel):
    """Members that OAuth 2 clients send beside these are not ours to judge."""

    model_config = ConfigDict(hide_input_in_errors=True)

    username: Annotated[str, Field(min_length=1, max_length=320), ONE_LINE]
    password: Password
    grant_type: Literal["password"] = "password"
    scope: str = ""


class RefreshTokenBody(Body):
    refresh_token: Annotated[
        str, Field(min_length=1, max_length=512, json_schema_extra={"pattern": NO_NUL})
    ]


class TokenJson(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - no secret but the name of a scheme
    expires_in: int
    refresh_token: str

    @classmethod
    def of(cls, pair: TokenPair) -> Self:
        return cls(
            access_token=pair.access_token,
            expires_in=pair.expires_in_s,
            refresh_token=pair.refresh_token,
        )


class IdentityJson(Shown):
    id: int
    kind: Literal["user", "api_key"]
    username: str
    email: str | None
    permissions: Permissions


class CreateApiKeyBody(Body):
    name: ShortName
    permissions: Annotated[list[AnyPermission], Field(min_length=1, max_length=len(Permission))]

    def to_command(self) -> CreateApiKey:
        return CreateApiKey(name=self.name, permissions=frozenset(self.permissions))


class ApiKeyJson(Shown):
    id: int
    name: str
    permissions: Permissions
    created_at: Time
    revoked_at: Time | None


class CreatedApiKeyJson(ApiKeyJson):
    key: str | None = Field(description="shown this once; null when the request is repeated")

    @classmethod
    def of(cls, created: CreatedApiKey) -> Self:
        shown = ApiKeyJson.model_validate(created.api_key)
        return cls(**shown.model_dump(), key=created.text)

    def without_key(self) -> Self:
        return self.model_copy(update={"key": None})
