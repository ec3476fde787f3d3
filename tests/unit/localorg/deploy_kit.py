"""Packages written for a test: files by path, a manifest, and what the org says of them."""

from __future__ import annotations

from collections.abc import Mapping

from localorg.deploy import Options, Result, deploy_files
from localorg.engine import Org

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
OBJECT = (
    "<deploymentStatus>Deployed</deploymentStatus><label>Card</label>"
    "<nameField><label>Card Name</label><type>Text</type></nameField>"
    "<pluralLabel>Cards</pluralLabel><sharingModel>ReadWrite</sharingModel>"
)
GRADE = "<fields><fullName>Grade__c</fullName><label>Grade</label><length>20</length><type>Text</type></fields>"


def xml(kind: str, inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{NAMESPACE}">{inside}</{kind}>\n'.encode()


def manifest(members: Mapping[str, str], name: str = "") -> bytes:
    """Kind → members, separated by blanks."""
    full = f"<fullName>{name}</fullName>" if name else ""
    types = "".join(
        "<types>" + "".join(f"<members>{one}</members>" for one in listed.split(" ")) + f"<name>{kind}</name></types>"
        for kind, listed in members.items()
    )
    return xml("Package", f"{full}{types}<version>67.0</version>")


def package(files: Mapping[str, bytes], members: Mapping[str, str], name: str = "") -> dict[str, bytes]:
    return {"package.xml": manifest(members, name), **files}


CARD = package({"objects/Card__c.object": xml("CustomObject", OBJECT + GRADE)}, {"CustomObject": "Card__c"})


def deploy(org: Org, files: Mapping[str, bytes], **options: bool) -> Result:
    return deploy_files(org, files, Options(**options), org.administrator().user.id)


def taken(org: Org, files: Mapping[str, bytes], **options: bool) -> Result:
    result = deploy(org, files, **options)
    assert not result.problems, [str(one) for one in result.problems]
    return result


def refusals(org: Org, files: Mapping[str, bytes], **options: bool) -> list[str]:
    result = deploy(org, files, **options)
    assert result.problems
    return [one.message for one in result.problems]
