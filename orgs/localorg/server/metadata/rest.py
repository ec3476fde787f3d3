"""`/metadata/deployRequest`: deployments over REST, a multipart of options and zip."""

from __future__ import annotations

import io
import json
from typing import IO, Any

from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from localorg.errors import ApiError
from localorg.server.http import Call, Reply
from localorg.server.metadata import deploys
from localorg.server.metadata.envelope import MAX_BODY
from localorg.server.metadata.jobs import CANCELED, DEPLOY, Job
from localorg.server.metadata.soap import may_deploy
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/metadata/deployRequest")
_LISTS = ("componentFailures", "componentSuccesses")


@routes.on("POST", "")
def deploy(call: Call) -> Reply:
    may_deploy(call)
    given, data = parts(call)
    options = given.get("deployOptions", given)
    if not isinstance(options, dict):
        raise ApiError("JSON_PARSER_ERROR", "deployOptions must be an object")
    options = {name: value == "true" if value in ("true", "false") else value for name, value in options.items()}
    job = deploys.start(call.runtime, call.session.user, data, options)
    return Reply({"id": job.id, "validatedDeployRequestId": None, "deployOptions": options}, 201)


@routes.on("GET", "/<job_id>")
def status(call: Call, job_id: str) -> Reply:
    may_deploy(call)
    job = call.runtime.metadata.find(job_id, DEPLOY)
    return Reply(shown(job, call.query.get("includeDetails", "false").lower() == "true"))


@routes.on("PATCH", "/<job_id>")
def change(call: Call, job_id: str) -> Reply:
    """The only change there is: `{"deployResult": {"status": "Canceling"}}`."""
    may_deploy(call)
    wanted = call.json_object().get("deployResult", {})
    if not isinstance(wanted, dict) or wanted.get("status") not in ("Canceling", CANCELED):
        raise ApiError("INVALID_OPERATION", "A deployment can only be canceled")
    return Reply(shown(call.runtime.metadata.cancel(job_id), False), 202)


def _in_memory(*about: object, **more: object) -> IO[bytes]:
    return io.BytesIO()


def shown(job: Job, details: bool) -> dict[str, Any]:
    result = deploys.shown(job, details)
    if details:
        result["details"] = {name: [] for name in _LISTS} | result["details"]
    return {"id": job.id, "deployResult": result}


def parts(call: Call) -> tuple[dict[str, Any], bytes]:
    """The options and the zip of a multipart/form-data body."""
    kind, options = parse_options_header(call.headers.get("Content-Type", ""))
    if kind != "multipart/form-data" or "boundary" not in options:
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", "A deployment is sent as multipart/form-data", status=415)
    body = call.body(MAX_BODY)
    try:
        form, files = MultiPartParser(_in_memory).parse(io.BytesIO(body), options["boundary"].encode(), len(body))
        given = json.loads(form.get("json") or form.get("entity_content") or "{}")
    except ValueError as problem:
        raise ApiError("INVALID_MULTIPART_REQUEST", "The multipart body cannot be read") from problem
    if "file" not in files or not isinstance(given, dict):
        raise ApiError("INVALID_MULTIPART_REQUEST", "The parts `json` and `file` are needed")
    return given, files["file"].read()
