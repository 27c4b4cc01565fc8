"""What of Cargo.lock is in the shipped binary: normal dependencies of vpcprobe, for both architectures."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

TARGETS = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]


@dataclass(frozen=True, order=True)
class Crate:
    name: str
    version: str
    licence: str
    repository: str
    folder: Path
    checksum: str
    needs: tuple

    @property
    def purl(self):
        return f"pkg:cargo/{self.name}@{self.version}"


def shipped():
    """Every crate whose code is in the binary, vpcprobe itself among them, by name and version."""
    edges = {}
    for target in TARGETS:
        tree = cargo("tree", "-p", "vpcprobe", "-e", "normal,no-proc-macro", "--no-dedupe", "--prefix", "depth",
                     "--format", " {p}", "--target", target)
        for above, below in of_tree(tree):
            edges.setdefault(above, set()).update(below)
    packages = {(one["name"], one["version"]): one for one in metadata()["packages"]}
    sums = checksums(Path("Cargo.lock").read_text())
    return [
        Crate(
            name=name,
            version=version,
            licence=packages[name, version]["license"].replace("/", " OR ").replace("  ", " "),
            repository=packages[name, version]["repository"] or "",
            folder=Path(packages[name, version]["manifest_path"]).parent,
            checksum=sums.get((name, version), ""),
            needs=tuple(sorted(needs)),
        )
        for (name, version), needs in sorted(edges.items())
    ]


def of_tree(tree):
    """Each crate, and each again with one that it needs directly, from lines that begin with their depth."""
    path = []
    for line in tree.splitlines():
        depth, name, version = re.match(r"(\d+) (\S+) v(\S+)", line).groups()
        path[int(depth):] = [(name, version)]
        yield path[-1], []
        if int(depth):
            yield path[-2], [path[-1]]


def checksums(lock):
    """Cargo.lock's SHA-256 of each crate's archive."""
    entries = re.findall(r'name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"', lock)
    return {(name, version): checksum for name, version, checksum in entries}


def metadata():
    return json.loads(cargo("metadata", "--format-version", "1"))


def cargo(command, *arguments):
    return subprocess.run(["cargo", command, "--locked", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout
