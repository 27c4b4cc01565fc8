"""The reports that are looked at: field situations, one with a watch, one of 2,000 checks, one in which every text attacks."""

import copy
import json
import pathlib
import subprocess
import tempfile

CASES = pathlib.Path("tests/cases")

# Judged with the operator's view where the case has one.
SHOWN = [
    "works-without-a-nat-gateway",
    "layers-403-forbidden-from-s3",
    "layers-io-timeout-though-the-gateway-endpoint-exists",
    "nothing-starts-since-the-nat-gateway-was-deleted",
    "tls-handshake-timeout-over-transit-gateway",
    "x509-unknown-authority-behind-the-inspecting-proxy",
    "may-the-nat-gateway-be-deleted-next-week",
    "secret-denied-since-private-dns-was-switched-off",
]

# It sets the canary that the check reads, in every way that a page has.
ATTACK = ("</style></title></svg><script>window.canary=1</script><img src=x onerror=\"window.canary=1\">"
          "'\" onmouseover='window.canary=1' <a href=\"javascript:window.canary=1\">x</a>\u202e\u200b\0")


def all_reports(binary):
    """Each report with its name."""
    for name in SHOWN:
        yield name, case(binary, name)
    yield "watched", watched(case(binary, "io-timeout-private-address-one-endpoint"))
    yield "crowd", crowd(case(binary, "layers-io-timeout-while-manifest-works"))
    yield "hostile", attacked(case(binary, "layers-403-forbidden-from-s3"))


def case(binary, name):
    stored = json.loads((CASES / f"{name}.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        report, network = pathlib.Path(folder, "report.json"), pathlib.Path(folder, "network.json")
        report.write_text(json.dumps(stored["report"]))
        command = [binary, "diagnose", str(report), "--format", "json"]
        if "network" in stored:
            network.write_text(json.dumps(stored["network"]))
            command += ["--network", str(network)]
        return json.loads(subprocess.run(command, stdout=subprocess.PIPE).stdout)


def watched(report):
    """The same report with 120 rounds before it, in which one check broke twice and healed once."""
    def times(lost, ms):
        return {"asked": 120, "lost": lost, "median_ms": ms, "p95_ms": 3 * ms, "max_ms": 9 * ms}

    def turn(minute, what, **more):
        return {"at": f"2026-11-21T14:{minute:02}:07Z", "at_ms": minute * 60_000, "round": 12 * minute, "what": what, **more}

    series = []
    for number, check in enumerate(report["checks"]):
        broken = check["status"] == "fail"
        turns = [turn(2, "broke", route="none", finding="endpoint-silent"),
                 turn(3, "healed", route="private", silent_ms=60_000),
                 turn(9, "broke", route="none", finding="endpoint-silent")]
        series.append({
            "check": check["id"], "asked": 120, "failed": 24 if broken else 0, "turns": turns if broken else [],
            "resolvers": [{"resolver": "10.0.0.2:53", **times(0, 2)}],
            "answers": [{"addresses": [f"10.0.1.{50 + number}", f"10.0.2.{50 + number}"], "rounds": 118, "first_ms": 0,
                         "last_ms": 595_000}],
            "addresses": [{"address": f"10.0.{zone}.{50 + number}:443",
                           "rungs": [{"rung": "connect", **times(24 if broken else 0, 3)},
                                     {"rung": "handshake", **times(0, 11)}]} for zone in (1, 2)],
        })
    report["watch"] = {"started_at": "2026-11-21T14:00:07Z", "took_ms": 600_000, "every_ms": 5_000, "rounds": 120,
                       "failed": 24, "inconclusive": 0, "round": 120, "checks": series}
    return report


def crowd(report):
    """The same report with 2,000 more checks, as many attempts with each as with its first, and every tenth failing."""
    first = report["checks"][0]
    attempts = [seen for seen in report["observations"] if seen["check"] == first["id"]]
    for number in range(2_000):
        name = f"service-{number}.internal.example"
        check = {**first, "id": f"{name}:443", "host": name, "status": "fail" if number % 10 == 0 else "pass"}
        report["checks"].append(check)
        report["findings"][0]["checks"] += [check["id"]] if number % 10 == 0 else []
        for seen in attempts:
            seen = {**seen, "check": check["id"], "at_ms": seen["at_ms"] + number}
            report["observations"].append({**seen, "id": f"o{len(report['observations']) + 1}"})
    report["summary"]["checks"] += 2_000
    return report


def attacked(report):
    """The same report with an attack in every text that does not come from a closed list."""
    closed = {"severity", "certainty", "purpose", "purposes", "status", "observed_route", "expected_route", "rung",
              "outcome", "kind", "verdict", "ended", "part", "question", "resolver", "peer", "local", "transport", "ip",
              "addresses", "nameservers", "subnet_cidr", "alternatives", "variation", "end", "trusted_by", "answer",
              "profiles", "platform", "layers", "started_at", "schema_version", "what", "route"}
    report = copy.deepcopy(report)
    judged = report.pop("inputs")
    poisoned = _attacked(report, closed)
    poisoned["inputs"] = judged
    for finding, own in zip(poisoned["findings"], report["findings"]):
        finding["id"] = own["id"]
    return poisoned


def _attacked(value, closed):
    if isinstance(value, str):
        return value + ATTACK
    if isinstance(value, list):
        return [_attacked(item, closed) for item in value]
    if isinstance(value, dict):
        skipped = closed | ({"why"} if value.get("outcome") == "not_tried" else set())
        return {key: item if key in skipped and not isinstance(item, dict) else _attacked(item, closed)
                for key, item in value.items()}
    return value
