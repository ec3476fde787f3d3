"""The SOAP API: login, as simple-salesforce and jsforce use it with a username and password, and create (partner)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from localorg.context import User
from localorg.engine import SaveResult
from localorg.errors import ApiError
from localorg.server.http import Call, Reply
from localorg.server.metadata.envelope import Request, local, read
from localorg.server.metadata.soap import BAD_SESSION
from localorg.server.routing import Access, Routes

routes = Routes("/services/Soap", Access.PUBLIC)
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'
)
FAULT = (
    "<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring><detail>"
    '<sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{code}</sf:exceptionCode>'
    "<sf:exceptionMessage>{message}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>"
)
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
MAX_RECORDS = 200
MAX_BODY = 50 * 1024 * 1024
BAD_LOGIN = "Invalid username, password, security token; or user locked out."


@routes.on("POST", "/<any(u, c):kind>/<version>")
@routes.on("POST", "/<any(u, c):kind>/<version>/<org_id>")
def soap(call: Call, kind: str, org_id: str = "") -> Reply:
    try:
        request = read(call.body(MAX_BODY))
        if request.operation == "login":
            return login(call, kind, request)
        if request.operation == "create":
            return create(call, request)
        raise ApiError("INVALID_OPERATION", f"{request.operation} is not offered by the local org")
    except ApiError as problem:
        return fault(problem.code, problem.message)


def login(call: Call, kind: str, request: Request) -> Reply:
    user = call.runtime.find_user(request.text("username"))
    if user is None or not call.runtime.accounts.has_password(user.id, request.text("password")):
        return fault("INVALID_LOGIN", BAD_LOGIN)
    session = call.runtime.accounts.open_session(call.runtime.org_id, user.id, None)
    return envelope(login_result(call, kind, user, session.token))


def create(call: Call, request: Request) -> Reply:
    """Records one after another, each of its own type; an empty element gives no value."""
    try:
        call.user_id = call.runtime.accounts.login(request.session_id).user_id
    except ApiError as problem:
        raise ApiError("INVALID_SESSION_ID", BAD_SESSION) from problem
    call.runtime.usage.count()
    records = request.all("sObjects")
    if len(records) > MAX_RECORDS:
        message = f"record limit reached. cannot submit more than {MAX_RECORDS} records into this call"
        raise ApiError("EXCEEDED_ID_LIMIT", message)
    results: list[SaveResult] = []
    for record in records:
        values = {local(field): field.text for field in record if field.text}
        name = values.pop("type", None) or record.get(XSI_TYPE, "").rpartition(":")[2]
        sobject = call.session.sobject(name)
        if sobject is None:
            raise ApiError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        results += call.session.bulk("insert", sobject.name, list(values), [list(values.values())])
    return envelope(f"<createResponse>{''.join(map(created, results))}</createResponse>")


def created(result: SaveResult) -> str:
    errors = "".join(
        "<errors>"
        + "".join(f"<fields>{escape(field)}</fields>" for field in problem.fields)
        + f"<message>{escape(problem.message)}</message><statusCode>{problem.code}</statusCode></errors>"
        for problem in result.errors
    )
    key = f"<id>{result.id}</id>" if result.success else '<id xsi:nil="true"/>'
    return f"<result>{errors}{key}<success>{str(result.success).lower()}</success></result>"


def login_result(call: Call, kind: str, user: User, token: str) -> str:
    org_id = call.runtime.org_id
    base = f"{call.base_url}/services/Soap"
    info = {
        "organizationId": org_id,
        "organizationName": "Local org",
        "profileId": user.profile_id,
        "sessionSecondsValid": str(int(call.runtime.accounts.session_seconds)),
        "userEmail": user.email,
        "userFullName": user.name,
        "userId": user.id,
        "userLanguage": user.language,
        "userLocale": user.locale,
        "userName": user.username,
        "userTimeZone": user.time_zone,
        "userType": "Standard",
    }
    result = {
        "metadataServerUrl": f"{base}/m/{call.version}/{org_id[:15]}",
        "passwordExpired": "false",
        "sandbox": "false",
        "serverUrl": f"{base}/{kind}/{call.version}/{org_id[:15]}",
        "sessionId": token,
        "userId": user.id,
    }
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in result.items())
    details = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in info.items())
    return f"<loginResponse><result>{inner}<userInfo>{details}</userInfo></result></loginResponse>"


def envelope(body: str, status: int = 200) -> Reply:
    return Reply(ENVELOPE.format(body=body), status, content_type="text/xml;charset=UTF-8")


def fault(code: str, message: str) -> Reply:
    return envelope(FAULT.format(code=code, message=escape(message)), 500)
