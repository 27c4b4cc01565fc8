"""AWS on one port of the loopback: every call noted, some answered by the stand-in, all else passed on to moto."""

import dataclasses
import http.client
import http.server
import json
import re
import sys
import threading
import traceback
import urllib.parse
import uuid

# How a call of a REST API is called.
REST = [
    ("lambda", "POST", r"/2015-03-31/functions/?", "CreateFunction"),
    ("lambda", "GET", r"/2015-03-31/functions/?", "ListFunctions"),
    ("lambda", "GET", r"/2015-03-31/functions/([^/]+)", "GetFunction"),
    ("lambda", "DELETE", r"/2015-03-31/functions/([^/]+)", "DeleteFunction"),
    ("lambda", "GET", r"/2015-03-31/functions/([^/]+)/configuration", "GetFunctionConfiguration"),
    ("lambda", "POST", r"/2015-03-31/functions/([^/]+)/invocations", "Invoke"),
    ("route53", "GET", r"/2013-04-01/hostedzonesbyvpc", "ListHostedZonesByVPC"),
    ("route53", "GET", r"/2013-04-01/hostedzone/[^/]+/rrset", "ListResourceRecordSets"),
]
OPERATOR = "arn:aws:sts::123456789012:assumed-role/operator/on-call"


@dataclasses.dataclass
class Call:
    service: str
    operation: str
    parameters: dict
    body: bytes

    def __str__(self):
        return f"{self.service}:{self.operation}"

    @property
    def reads(self):
        return self.operation.startswith(("Describe", "Get", "List", "BatchGet"))


@dataclasses.dataclass
class Answer:
    body: bytes
    status: int = 200
    headers: dict = dataclasses.field(default_factory=dict)


class Refused(Exception):
    """What a service answers with an error."""

    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclasses.dataclass
class Refusal:
    """A rule of a case: the first `times` calls of an operation get this error."""

    call: str
    code: str
    times: int = 10**6
    # It is carried out all the same: what gets lost is the answer.
    lost: bool = False


def understand(method, target, headers, body):
    """Which call an HTTP request is. The service is the one that it was signed for."""
    signed_for = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", headers.get("Authorization", ""))
    service = signed_for[1] if signed_for else "unsigned"
    path = urllib.parse.unquote(urllib.parse.urlsplit(target).path)
    if "X-Amz-Target" in headers:
        return Call(service, headers["X-Amz-Target"].rpartition(".")[2], json.loads(body or b"{}"), body)
    for name, verb, pattern, operation in REST:
        fits = service == name and verb == method and re.fullmatch(pattern, path)
        if fits:
            named = {"FunctionName": fits[1]} if fits.groups() else {}
            return Call(service, operation, named | (as_object(body) if operation == "CreateFunction" else {}), body)
    form = dict(urllib.parse.parse_qsl(body.decode(errors="replace")))
    return Call(service, form.get("Action", f"{method} {path}"), form, body)


def as_object(body):
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return {}


def refusal(call, code):
    """An error that any call can meet, in the words of its service."""
    if code == "ThrottlingException":
        return Refused(code, "Rate exceeded")
    if code == "InvalidAction":
        return Refused(code, f"The action {call.operation} is not valid for this web service.")
    if code == "ServerException":
        return Refused(code, "Service Unavailable. Please try again later.")
    action = str(call)
    denied = f"User: {OPERATOR} is not authorized to perform: {action}"
    denied += f" because no identity-based policy allows the {action} action"
    if call.service == "ec2":
        return Refused("UnauthorizedOperation", f"You are not authorized to perform this operation. {denied}", 403)
    if call.service in ("iam", "route53"):
        return Refused("AccessDenied", denied, 403)
    return Refused("AccessDeniedException", denied, 403 if call.service == "lambda" else 400)


def as_error(call, refused):
    """The error in the form of the service's protocol."""
    request = str(uuid.uuid4())
    if call.service == "ec2":
        text = f"<Error><Code>{refused.code}</Code><Message>{refused.message}</Message></Error>"
        text = f"<Response><Errors>{text}</Errors><RequestID>{request}</RequestID></Response>"
        return xml(text, refused.status)
    if call.service in ("iam", "route53", "sts"):
        text = f"<Error><Type>Sender</Type><Code>{refused.code}</Code><Message>{refused.message}</Message></Error>"
        return xml(f"<ErrorResponse>{text}<RequestId>{request}</RequestId></ErrorResponse>", refused.status)
    headers = {**as_json({}).headers, "x-amzn-RequestId": request, "x-amzn-ErrorType": refused.code}
    body = {"__type": refused.code, "message": refused.message}
    return Answer(json.dumps(body).encode(), refused.status, headers)


def xml(text, status):
    return Answer(text.encode(), status, {"Content-Type": "text/xml"})


def as_json(value):
    return Answer(json.dumps(value).encode(), 200, {"Content-Type": "application/x-amz-json-1.1"})


class Server:
    """One port. `handlers` answer calls by name; they may ask moto through `ask` first."""

    def __init__(self, moto, refusals):
        self.moto, self.refusals, self.handlers = moto, refusals, {}
        self.calls, self.change = [], threading.Condition()
        self.failures = []
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.http.daemon_threads = True
        self.http.handle_error = self.failed
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def answer(self, method, target, headers, body):
        call = understand(method, target, headers, body)
        with self.change:
            self.calls.append(call)
            self.change.notify_all()
            rule = next((rule for rule in self.refusals if rule.call == str(call) and rule.times > 0), None)
            if rule:
                rule.times -= 1

        def passed_on():
            return self.pass_on(method, target, headers, body)

        try:
            if rule and not rule.lost:
                raise refusal(call, rule.code)
            handler = self.handlers.get(str(call))
            answer = handler(call, passed_on) if handler else passed_on()
            if rule:
                raise refusal(call, rule.code)
            return answer
        except Refused as refused:
            return as_error(call, refused)

    def failed(self, *_):
        """A client that has gone away is none of ours; anything else is the stand-in's own fault."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            self.failures.append(traceback.format_exc())

    def pass_on(self, method, target, headers, body):
        connection = http.client.HTTPConnection(*self.moto, timeout=30)
        try:
            connection.request(method, target, body, {**headers, "Connection": "close"})
            response = connection.getresponse()
            kept = {k: v for k, v in response.getheaders() if k.lower() not in HOP}
            return Answer(response.read(), response.status, kept)
        finally:
            connection.close()

    def seen(self, name):
        """The calls of an operation so far."""
        with self.change:
            return [call for call in self.calls if str(call) == name]

    def wait_for(self, name, seconds):
        """Whether an operation was called before so much time has passed."""
        with self.change:
            return self.change.wait_for(lambda: any(str(call) == name for call in self.calls), seconds)


HOP = {"connection", "content-length", "date", "server", "transfer-encoding"}


def handler_of(server):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = server.answer(self.command, self.path, dict(self.headers), body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = any

        def log_message(self, *_):
            pass

    return Handler
