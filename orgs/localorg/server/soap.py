"""SOAP login (partner and enterprise), as simple-salesforce and jsforce use it with a username and password."""

from __future__ import annotations

from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from localorg.context import User
from localorg.server.http import Call, Reply
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
BAD_LOGIN = "Invalid username, password, security token; or user locked out."


@routes.on("POST", "/<any(u, c):kind>/<version>")
@routes.on("POST", "/<any(u, c):kind>/<version>/<org_id>")
def login(call: Call, kind: str, org_id: str = "") -> Reply:
    try:
        root = ElementTree.fromstring(call.body(1 << 20))
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        return fault("UNKNOWN_EXCEPTION", "The request is not well-formed XML")
    given = {element.tag.rpartition("}")[2]: (element.text or "") for element in root.iter()}
    if "login" not in given:
        return fault("INVALID_OPERATION", "Only login is offered here")
    user = call.runtime.find_user(given.get("username", ""))
    if user is None or not call.runtime.accounts.has_password(user.id, given.get("password", "")):
        return fault("INVALID_LOGIN", BAD_LOGIN)
    session = call.runtime.accounts.open_session(call.runtime.org_id, user.id, None)
    return envelope(login_result(call, kind, user, session.token))


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
