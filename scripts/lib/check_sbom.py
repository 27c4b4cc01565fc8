"""Hold a bill of materials against CycloneDX's own schema, and its references against what is in it.

    check_sbom.py FILE
"""

import json
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def main(file):
    text = Path(file).read_text()
    if error := JsonStrictValidator(SchemaVersion.V1_5).validate_str(text):
        sys.exit(f"{file} does not fit CycloneDX 1.5: {error}")
    bom = json.loads(text)
    named = {one["bom-ref"] for one in [bom["metadata"]["component"], *bom["components"]]}
    used = {ref for one in bom["dependencies"] for ref in [one["ref"], *one.get("dependsOn", [])]}
    if named != used:
        sys.exit(f"{file}: components and dependencies differ in {sorted(named ^ used)}")
    crates = {one["name"] for one in bom["components"]}
    for needed in ["aws-lc-sys", "rustls", "tokio", "glibc"]:
        if needed not in crates:
            sys.exit(f"{file}: {needed} is in the binary and not in the list")
    unhashed = [one["name"] for one in bom["components"] if one.get("purl") and not one.get("hashes")]
    if unhashed:
        sys.exit(f"{file}: no hash of {unhashed}")
    print(f"{len(named)} components, as CycloneDX 1.5 has them")


main(*sys.argv[1:])
