"""`/services/Soap/m/<version>/<org>`: the operations of the Metadata API, each a function of a request."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from localorg.errors import ApiError, Unauthorized
from localorg.server.http import Call, Reply
from localorg.server.metadata import deploys, envelope, listing, retrieves
from localorg.server.metadata.envelope import Request
from localorg.server.metadata.jobs import DEPLOY, RETRIEVE
from localorg.server.routing import Access, Routes

routes = Routes("/services/Soap/m", Access.PUBLIC)  # the session stands in the envelope
Results = Iterable[Mapping[str, Any]]
Operation = Callable[[Call, Request], Results]
BAD_SESSION = "Invalid Session ID found in SessionHeader: Illegal Session"
NOT_ALLOWED = "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions"
_FLAGS = {
    "allowMissingFiles": False, "autoUpdatePackage": False, "checkOnly": False, "ignoreWarnings": False,
    "performRetrieve": False, "purgeOnDelete": False, "rollbackOnError": True, "singlePackage": False,
}  # fmt: skip


@routes.on("POST", "/<version>")
@routes.on("POST", "/<version>/<org_id>")
def metadata(call: Call, org_id: str = "") -> Reply:
    try:
        request = envelope.read(call.body(envelope.MAX_BODY))
        operation = OPERATIONS.get(request.operation)
        if operation is None:
            raise ApiError("INVALID_OPERATION", f"{request.operation} is not offered by the local org")
        authorise(call, request.session_id)
        return envelope.answer(request.operation, operation(call, request))
    except ApiError as problem:
        return envelope.fault(problem.code, problem.message)


def authorise(call: Call, session_id: str) -> None:
    try:
        call.user_id = call.runtime.accounts.login(session_id).user_id
    except ApiError as problem:
        raise Unauthorized("INVALID_SESSION_ID", BAD_SESSION) from problem
    call.runtime.usage.count()
    may_deploy(call)


def may_deploy(call: Call) -> None:
    if "ModifyAllData" not in call.session.access.permissions:
        raise ApiError("INSUFFICIENT_ACCESS", NOT_ALLOWED, status=403)


def deploy(call: Call, request: Request) -> Results:
    try:
        data = base64.b64decode(request.text("ZipFile"), validate=False)
    except (binascii.Error, ValueError) as problem:
        raise ApiError("INVALID_ZIP_FILE", "The zip file is not base64") from problem
    given: dict[str, Any] = {name: request.flag(f"DeployOptions/{name}", usual) for name, usual in _FLAGS.items()}
    given["testLevel"] = request.text("DeployOptions/testLevel")
    given["runTests"] = request.texts("DeployOptions/runTests")
    job = deploys.start(call.runtime, call.session.user, data, given)
    yield {"done": False, "id": job.id, "state": "Queued"}


def check_deploy_status(call: Call, request: Request) -> Results:
    job = call.runtime.metadata.find(request.text("asyncProcessId"), DEPLOY)
    yield deploys.shown(job, request.flag("includeDetails", False))


def cancel_deploy(call: Call, request: Request) -> Results:
    job = call.runtime.metadata.cancel(request.text("String") or request.text("asyncProcessId") or request.text("id"))
    yield {"done": job.done, "id": job.id}


def retrieve(call: Call, request: Request) -> Results:
    job = retrieves.start(call.runtime, call.session.user, request)
    yield {"done": False, "id": job.id, "state": "Queued"}


def check_retrieve_status(call: Call, request: Request) -> Results:
    job = call.runtime.metadata.find(request.text("asyncProcessId"), RETRIEVE)
    yield retrieves.shown(job, request.flag("includeZip", True))


def check_status(call: Call, request: Request) -> Results:
    """An older call that clients still use to wait for any job."""
    for job_id in request.texts("asyncProcessId"):
        job = call.runtime.metadata.find(job_id)
        state = {"Pending": "Queued", "InProgress": "InProgress"}.get(job.status, "Completed")
        yield {"done": job.done, "id": job.id, "state": state}


OPERATIONS: dict[str, Operation] = {
    "deploy": deploy,
    "checkDeployStatus": check_deploy_status,
    "cancelDeploy": cancel_deploy,
    "retrieve": retrieve,
    "checkRetrieveStatus": check_retrieve_status,
    "checkStatus": check_status,
    "describeMetadata": listing.describe_metadata,
    "listMetadata": listing.list_metadata,
    "readMetadata": listing.read_metadata,
}
