from typing import Annotated

from pydantic import Field

from orderwright.api.wire.access import AnyPermission, NewPassword, Permissions
from orderwright.api.wire.body import Body, Shown, Time
from orderwright.api.wire.paging import Skipping
from orderwright.api.wire.text import NOT_BLANK, ONE_LINE, Email
from orderwright.application.commands.change_user import ChangeUser
from orderwright.application.commands.create_user import CreateUser
from orderwright.domain.value_objects.permission import Permission

Username = Annotated[str, Field(min_length=1, max_length=320), ONE_LINE, NOT_BLANK]
AnyPermissions = Annotated[list[AnyPermission], Field(max_length=len(Permission))]


class CreateUserBody(Body):
    username: Username
    password: NewPassword
    email: Email | None = None
    permissions: AnyPermissions = Field(default_factory=list)

    def to_command(self) -> CreateUser:
        return CreateUser(
            username=self.username,
            password=self.password,
            email=self.email,
            permissions=frozenset(self.permissions),
        )


class ChangeUserBody(Body):
    """What is not named stays; null clears the e-mail address."""

    email: Email | None = None
    permissions: AnyPermissions = Field(default_factory=list)
    active: bool = True
    password: NewPassword = Field(default_factory=str)

    def to_command(self, user_id: int) -> ChangeUser:
        wanted: dict[str, object] = {
            "email": self.email,
            "permissions": frozenset(self.permissions),
            "active": self.active,
        }
        named = {name: value for name, value in wanted.items() if name in self.model_fields_set}
        return ChangeUser(user_id=user_id, changes=named, password=self.password or None)


class UserPage(Skipping):
    username: Username | None = None


class UserJson(Shown):
    id: int
    username: str
    email: str | None
    permissions: Permissions
    active: bool
    created_at: Time
    version: int
