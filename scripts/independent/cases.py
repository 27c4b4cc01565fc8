"""What is tried in each world, and what must come of it: for the tools of others, and for vpcprobe.

`fails` names the steps of the start that the tools cannot do, each with words that they must complain in; every other
step must succeed. Where nothing fails vpcprobe must pass, with the same digests; else `finding` and `exit` are its answer.
"""

import contextlib
import dataclasses

import place


@dataclasses.dataclass
class Case:
    """One start of a task."""

    name: str
    image: str = "app:single"
    architecture: str = "amd64"
    # As in a task definition; `{app/database}` stands for that secret's whole ARN.
    secret: str = None
    log_group: str = "/ecs/app"
    # Whose keys are used: of `place.FORBIDDEN`, or others that no service takes.
    role: str = "execution"
    layers: str = "sample"
    # Whether the report goes to Logs and S3 as well.
    sinks: bool = False
    # Entered before the start and left after it: what is changed behind the names.
    change: object = contextlib.nullcontext
    fails: dict = dataclasses.field(default_factory=dict)
    finding: str = None
    exit: int = 0


def of_secret(rest):
    return f"arn:aws:secretsmanager:{place.REGION}:{place.ACCOUNT}:secret:{rest}"


def of_parameter(name):
    return f"arn:aws:ssm:{place.REGION}:{place.ACCOUNT}:parameter/{name}"


def digest_of(tag):
    return "app@" + place.digest(tag)


def gone(_):
    return None


def altered(layer):
    """One bit is another, far behind what a sample looks at."""
    middle = len(layer) // 2
    return layer[:middle] + bytes([layer[middle] ^ 1]) + layer[middle + 1 :]


def cut(layer):
    return layer[: len(layer) // 2]


def lost(change):
    return lambda: place.changed_layer(change)


def denied():
    """One action after the other is forbidden, in words that do not say by what kind of policy."""
    for role, step, tens, secret in [
        ("without-token", "token", 20, None),
        ("without-logs", "log", 30, None),
        ("without-secrets", "secret", 10, "{app/token}"),
        ("without-parameters", "secret", 10, "/app/secure"),
    ]:
        action = place.FORBIDDEN[role]
        complaint = f"not authorized to perform: {action}"
        said = {"fails": {step: complaint}, "finding": "access-denied", "exit": tens + 6}
        yield Case(f"{action} is forbidden", secret=secret, role=role, **said)


def rejected(name, role, complaint):
    fails = {step: complaint for step in ["identity", "token", "log"]}
    return Case(name, role=role, fails=fails, finding="credentials-rejected", exit=26)


WORLDS = {
    "whole": [
        Case("a plain image", secret="{app/database}"),
        Case("every byte of it", layers="full"),
        Case("a report to Logs and S3", sinks=True),
        Case("an image by its digest", image=digest_of("single")),
        Case("an index, for this processor", image="app:multi"),
        Case("an index, for the other one", image="app:multi", architecture="arm64"),
        Case("an index by its digest", image=digest_of("multi"), layers="full"),
        Case(
            "an index without this processor",
            image="app:foreign",
            fails={"pull": "no image found in (manifest list|image index) for architecture"},
            finding="platform-missing",
            exit=47,
        ),
        Case(
            "a tag that nobody pushed",
            image="app:missing",
            fails={"manifest": "manifest unknown", "pull": "manifest unknown"},
            finding="image-not-found",
            exit=47,
        ),
        Case(
            "a digest that nobody pushed",
            image="app@sha256:" + 64 * "0",
            fails={"manifest": "manifest unknown", "pull": "manifest unknown"},
            finding="image-not-found",
            exit=47,
        ),
        # This registry knows repositories by what is in them, and says so in these words.
        Case(
            "a repository that nobody made",
            image="nobody/made:it",
            fails={"manifest": "manifest unknown", "pull": "manifest unknown"},
            finding="image-not-found",
            exit=47,
        ),
        Case(
            "a registry that does not know the token",
            change=place.another_password,
            fails={"manifest": "authentication required", "pull": "authentication required"},
            finding="credentials-rejected",
            exit=46,
        ),
        Case("a key of a secret", secret="{app/database}:username::"),
        Case(
            "a key that the secret lacks",
            secret="{app/database}:hostname::",
            fails={"secret": "no key hostname"},
            finding="secret-not-found",
            exit=17,
        ),
        Case(
            "a secret that nobody made",
            secret=of_secret("app/missing-AbCdEf"),
            fails={"secret": "ResourceNotFoundException"},
            finding="secret-not-found",
            exit=17,
        ),
        Case("a parameter by its name", secret="/app/plain"),
        Case("an encrypted parameter by its ARN", secret=of_parameter("app/secure")),
        Case(
            "a parameter that nobody made",
            secret=of_parameter("app/missing"),
            fails={"secret": "no parameter"},
            finding="secret-not-found",
            exit=17,
        ),
        Case(
            "a log group that nobody made",
            log_group="/ecs/missing",
            fails={"log": "ResourceNotFoundException"},
            finding="log-group-not-found",
            exit=37,
        ),
        *denied(),
        rejected("a key that nobody knows", "unknown-key", "security token included in the request is invalid"),
        rejected("a session token of nobody", "wrong-token", "security token included in the request is invalid"),
        rejected("a secret that is not the key's", "wrong-secret", "signature we calculated does not match"),
        Case(
            "a layer that the bucket has lost",
            change=lost(gone),
            fails={"pull": "404"},
            finding="image-not-found",
            exit=57,
        ),
        Case(
            "a layer with one bit changed",
            layers="full",
            change=lost(altered),
            fails={"pull": "(?i)digest did not match|does not match"},
            finding="layer-corrupt",
            exit=58,
        ),
        Case(
            "half a layer",
            layers="full",
            change=lost(cut),
            fails={"pull": "(?i)digest did not match|does not match|unexpected EOF"},
            finding="layer-corrupt",
            exit=58,
        ),
    ],
    "api-silent": [
        Case("GetAuthorizationToken is silent", fails={"token": "Connect timeout"}, finding="endpoint-silent", exit=23)
    ],
    "registry-silent": [
        Case(
            "the registry is silent",
            fails={"manifest": "timeout|deadline exceeded|canceled", "pull": "timeout|deadline exceeded|canceled"},
            finding="endpoint-silent",
            exit=43,
        )
    ],
    "registry-untrusted": [
        Case(
            "somebody else's authority vouches for the registry",
            fails={"manifest": "signed by unknown authority", "pull": "signed by unknown authority"},
            finding="tls-intercepted",
            exit=44,
        )
    ],
    "layers-silent": [
        Case(
            "the layer bucket is silent",
            fails={"pull": "timeout|deadline exceeded|canceled"},
            finding="layers-unreachable",
            exit=53,
        )
    ],
    "secrets-unnamed": [
        Case(
            "the name of Secrets Manager is unknown",
            secret=of_secret("app/token-AbCdEf"),
            fails={"secret": "Could not connect to the endpoint URL"},
            finding="name-not-found",
            exit=11,
        )
    ],
    "logs-refused": [
        Case(
            "Logs refuses connections",
            fails={"log": "Could not connect to the endpoint URL"},
            finding="connection-refused",
            exit=33,
        )
    ],
}
