"""Lambda as far as it runs functions: CreateFunction looks at what the service does, Invoke runs the bootstrap."""

import base64
import io
import json
import stat
import uuid
import zipfile

import lab
from tasks import Stopped
from wire import Answer, Refused, as_json


class Functions:
    def __init__(self, account, tools, places):
        self.account, self.tools, self.places = account, tools, places
        self.made, self.fresh, self.unready, self.failures = {}, set(), set(), []
        self.runs = []

    def handlers(self):
        return {
            "iam:CreateRole": self.create_role,
            "lambda:CreateFunction": self.create,
            "lambda:GetFunction": self.get,
            "lambda:GetFunctionConfiguration": self.get,
            "lambda:Invoke": self.invoke,
        }

    def create_role(self, call, pass_on):
        answer = pass_on()
        if answer.status == 200:
            self.fresh.add(call.parameters["RoleName"])
        return answer

    def create(self, call, pass_on):
        request = call.parameters
        name, role = request["FunctionName"], request["Role"].rpartition("/")[2]
        refused = "The role defined for the function cannot be assumed by Lambda."
        # IAM takes some seconds until the other services know of a new role.
        if role in self.fresh:
            self.fresh.remove(role)
            raise Refused("InvalidParameterValueException", refused)
        try:
            self.account.assumable(request["Role"], "lambda.amazonaws.com", refused)
            network = request.get("VpcConfig", {})
            subnets = self.account.subnets(network.get("SubnetIds", []))
            self.account.groups(network.get("SecurityGroupIds", []))
        except Refused as why:
            raise Refused("InvalidParameterValueException", why.message) from why
        if not self.account.allows(role, "ec2:CreateNetworkInterface"):
            said = "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"
            raise Refused("InvalidParameterValueException", said)
        if request.get("Runtime") != "provided.al2023":
            raise Refused("InvalidParameterValueException", f"the stand-in has no runtime {request.get('Runtime')}")
        bootstrap = self.unpack(name, base64.b64decode(request["Code"]["ZipFile"]))
        answer = pass_on()
        if answer.status == 201:
            self.made[name] = {**request, "subnets": subnets, "bootstrap": bootstrap}
            self.unready.add(name)
            return as_state(answer, "Pending")
        return answer

    def unpack(self, name, archive):
        """The file that the runtime would start, or None where it would find none that it can."""
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as unzipped:
                entry = unzipped.getinfo("bootstrap")
                content = unzipped.read(entry)
        except (zipfile.BadZipFile, KeyError):
            return None
        if not stat.S_IMODE(entry.external_attr >> 16) & stat.S_IXOTH:
            return None
        file = self.tools.folder / f"{name}-{uuid.uuid4().hex[:8]}" / "bootstrap"
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
        file.chmod(0o755)
        return file

    def get(self, call, pass_on):
        """A function with interfaces in a VPC is not there at once."""
        answer, name = pass_on(), call.parameters["FunctionName"]
        if answer.status == 200 and name in self.unready:
            self.unready.discard(name)
            return as_state(answer, "Pending")
        return answer

    def invoke(self, call, pass_on):
        name = call.parameters["FunctionName"].rpartition(":")[2]
        function = self.made.get(name)
        if function is None:
            return pass_on()
        if name in self.unready:
            said = "The operation cannot be performed at this time. The function is currently in the following state: "
            raise Refused("ResourceConflictException", f"{said}Pending", 409)
        if function["bootstrap"] is None:
            said = "RequestId: 1 Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
            return failed("Runtime.InvalidEntrypoint", said)
        return self.run(function, call.body or b"{}")

    def run(self, function, event):
        identity = uuid.uuid4().hex
        file = self.tools.folder / f"{identity}.event"
        file.write_bytes(event)
        subnet = function["subnets"][0]
        place = self.places[subnet["SubnetId"]]
        # What keeps a task of one's own from starting keeps no function from it.
        world = place.world if isinstance(place, Stopped) else place
        where = self.account.place(world, subnet["CidrBlock"], function["Role"].rpartition("/")[2])
        variables = function.get("Environment", {}).get("Variables", {})
        limit = function.get("Timeout", 3)
        arguments = ["--binary", function["bootstrap"], "--invoke", file, "--function-timeout", str(limit)]
        run = lab.Run(self.tools, identity, where, arguments, variables, vantage="lambda")
        self.runs.append(run)
        try:
            code = run.wait()
        except lab.LabFailed as failure:
            self.failures.append(f"the function in {subnet['SubnetId']}: {failure}")
            raise Refused("ServiceException", "the lab failed", 500) from failure
        answer = run.read("stdout").strip().encode()
        headers = {"Content-Type": "application/json", "X-Amz-Executed-Version": "$LATEST"}
        if code == 1:
            headers["X-Amz-Function-Error"] = "Unhandled"
        return Answer(answer, 200, headers)

    def stop(self):
        """Invocations that nobody waits for any more."""
        for run in self.runs:
            run.stop()
            run.process.wait()

    def left(self):
        """Functions that nobody deleted."""
        return [function["FunctionName"] for function in self.account.client("lambda").list_functions()["Functions"]]


def as_state(answer, state):
    told = json.loads(answer.body)
    told.get("Configuration", told)["State"] = state
    return Answer(json.dumps(told).encode(), answer.status, as_json({}).headers)


def failed(kind, message):
    body = {"errorType": kind, "errorMessage": message}
    return Answer(json.dumps(body).encode(), 200, {"X-Amz-Function-Error": "Unhandled"})
