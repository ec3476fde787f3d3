"""What formulas know of their reader: `$User`, `$Profile`, `$UserRole`, `$Organization` and `$Permission`."""

from __future__ import annotations

from localorg.context import User
from localorg.formulas.ast import FormulaError
from localorg.model import Field, Schema

GLOBALS = {"$User": "User", "$Profile": "Profile", "$UserRole": "UserRole", "$Organization": "Organization"}
PERMISSION = "$Permission"  # custom permissions
_PERMITTED = """EXISTS (SELECT 1 FROM CustomPermission p JOIN SetupEntityAccess s ON s.SetupEntityId = p.Id
    JOIN PermissionSetAssignment a ON a.PermissionSetId = s.ParentId
    WHERE a.AssigneeId = '{user}' AND p.DeveloperName = '{name}')"""


def record_id_sql(name: str, user: User) -> str:
    """SQL of the id of the record behind a global."""
    return {
        "$User": f"'{user.id}'",
        "$Profile": f"'{user.profile_id}'",
        "$UserRole": f"(SELECT UserRoleId FROM User WHERE Id = '{user.id}')",  # noqa: S608
        "$Organization": "(SELECT Id FROM Organization)",
    }[name]


def check_field(path: tuple[str, ...]) -> None:
    """The platform offers the parts of a person's name in `$User`, not the whole."""
    if path[-1].lower() == "name" and path[0] == "$User":
        raise FormulaError(f"Field {'.'.join(path)} does not exist. Check spelling.")


def permission(name: str, user: User, schema: Schema) -> tuple[str, Field]:
    """Whether the user holds a custom permission."""
    found = Field(name, "boolean")
    if schema.get("CustomPermission") is None:
        return "0", found
    return _PERMITTED.format(user=user.id, name=name.replace("'", "''")), found
