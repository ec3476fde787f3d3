"""What the platform writes of its own accord after a row is saved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from localorg import files
from localorg.batch import UNSET, Batch

if TYPE_CHECKING:
    from localorg.dml import Writer


def after_insert(writer: Writer, batch: Batch) -> None:
    if batch.sobject.name == "Campaign":
        _campaign_statuses(writer, batch)
    elif batch.sobject.name == "Profile":
        _blank_permissions(writer, batch)
    elif batch.sobject.name == "User":
        _profile_permissions(writer, batch)
    elif batch.sobject.name == "OpportunityContactRole":
        _one_primary(writer, batch)
    elif batch.sobject.name == "ContentVersion":
        files.publish(writer, batch)


def after_update(writer: Writer, batch: Batch) -> None:
    if batch.sobject.name == "OpportunityContactRole":
        _one_primary(writer, batch)


def _campaign_statuses(writer: Writer, batch: Batch) -> None:
    """The two member statuses every campaign starts with."""
    campaigns = batch.good(batch.ids)[0]
    size = 2 * len(campaigns)
    columns = {
        "CampaignId": [campaign for campaign in campaigns for _ in range(2)],
        "Label": ["Sent", "Responded"] * len(campaigns),
        "SortOrder": [1, 2] * len(campaigns),
        "IsDefault": [1, 0] * len(campaigns),
        "HasResponded": [0, 1] * len(campaigns),
    }
    writer.write_along(Batch(writer.schema["CampaignMemberStatus"], columns, size))


def _blank_permissions(writer: Writer, batch: Batch) -> None:
    """A new profile is for standard users, and has a permission set of its own that grants nothing yet."""
    profiles = batch.good(batch.ids)[0]
    names = [f"X{profile}" for profile in profiles]
    columns = {"Name": names, "Label": names, "ProfileId": profiles, "IsOwnedByProfile": [1] * len(profiles)}
    writer.write_along(Batch(writer.schema["PermissionSet"], columns, len(profiles)))
    sql = "UPDATE Profile SET UserType = 'Standard' WHERE Id IN (SELECT value FROM json_each(?))"
    writer.connection.execute(sql, (json.dumps(list(profiles)),))


def _profile_permissions(writer: Writer, batch: Batch) -> None:
    """A user is assigned the permission set behind the profile."""
    users, profiles = batch.good(batch.ids, batch.columns.get("ProfileId", []))
    owned = dict(writer.connection.execute("SELECT ProfileId, Id FROM PermissionSet WHERE ProfileId IS NOT NULL"))
    columns = {
        "AssigneeId": users,
        "PermissionSetId": [owned[profile] for profile in profiles],
        "IsActive": [1] * len(users),
    }
    writer.write_along(Batch(writer.schema["PermissionSetAssignment"], columns, len(users)))


def _one_primary(writer: Writer, batch: Batch) -> None:
    """An opportunity has one primary contact role: a new one takes over from the old."""
    primary = batch.columns.get("IsPrimary")
    if primary is None or 1 not in primary:
        return
    ids = [batch.ids[row] for row in batch.live() if primary[row] == 1 and primary[row] is not UNSET]
    sql = """
        UPDATE OpportunityContactRole SET IsPrimary = 0, SystemModstamp = ?, LastModifiedDate = ?
        WHERE IsPrimary = 1 AND IsDeleted = 0 AND Id NOT IN (SELECT value FROM json_each(?)) AND OpportunityId IN
        (SELECT OpportunityId FROM OpportunityContactRole WHERE Id IN (SELECT value FROM json_each(?)))
    """
    now, keys = writer.clock.stamp(), json.dumps(ids)
    writer.connection.execute(sql, (now, now, keys, keys))
