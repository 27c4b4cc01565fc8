"""Images as files: what a build tool saved becomes an OCI layout of which every byte is given by its content.

    oci.py pack SAVED LAYOUT EPOCH TAG FORMAT  a docker archive of any tool to an OCI layout, its layer packed by zstd or
                                            gzip; prints what came of it
    oci.py save LAYOUT FILE TAG             that layout as a docker archive
    oci.py tar LAYOUT FILE EPOCH            and as one file
"""

import datetime
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def pack(saved, layout, epoch, tag, form):
    with tarfile.open(saved) as archive:
        [image] = json.load(archive.extractfile("manifest.json"))
        made = json.load(archive.extractfile(image["Config"]))
        files = {}
        for layer in image["Layers"]:
            files.update(contents(archive.extractfile(layer).read()))
    layer = archived(files, int(epoch))
    blobs = Path(layout, "blobs/sha256")
    shutil.rmtree(layout, ignore_errors=True)
    blobs.mkdir(parents=True)
    config = put(blobs, written(configuration(made, layer, int(epoch))), CONFIG)
    packed = put(blobs, compressed(layer, form), LAYER + form)
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [packed]}
    descriptor = put(blobs, written(manifest), MANIFEST) | {
        "platform": {"architecture": made["architecture"], "os": made["os"]},
        "annotations": {"org.opencontainers.image.ref.name": tag},
    }
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor]}
    Path(layout, "index.json").write_bytes(written(index))
    Path(layout, "oci-layout").write_bytes(written({"imageLayoutVersion": "1.0.0"}))
    print(descriptor["digest"], config["size"] + packed["size"])


def contents(layer):
    """The files and folders of one layer: their mode and bytes."""
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        for entry in tar:
            name = entry.name.removeprefix("./").strip("/")
            if name in ["", "."]:
                continue
            if not entry.isfile() and not entry.isdir():
                sys.exit(f"the image has {entry.name}, which is neither a file nor a folder")
            yield name, (entry.mode & 0o777, tar.extractfile(entry).read() if entry.isfile() else None)


def archived(files, epoch):
    """One layer with nothing in it of who made it where, and when."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, (mode, content) in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.mode, entry.mtime = mode, epoch
            entry.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
            entry.size = len(content or b"")
            tar.addfile(entry, io.BytesIO(content or b""))
    return out.getvalue()


def through(command, data):
    return subprocess.run(command, input=data, check=True, stdout=subprocess.PIPE).stdout


def compressed(data, form):
    """As small as the format allows, where there is a tool for that."""
    if form == "zstd":
        return through(["zstd", "--ultra", "-22", "--no-progress", "-qc"], data)
    if not shutil.which("zopfli"):
        return through(["gzip", "-9n"], data)
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return subprocess.run(["zopfli", "--i5", "-c", file.name], check=True, stdout=subprocess.PIPE).stdout


def configuration(made, layer, epoch):
    """What the Dockerfile says, and nothing of the tool that read it."""
    said = made["config"]
    labels = {key: value for key, value in (said.get("Labels") or {}).items() if not key.startswith("io.buildah.")}
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    run = {key: said[key] for key in ["User", "Entrypoint", "Cmd"] if said.get(key)}
    return {
        "created": created,
        "architecture": made["architecture"],
        "os": made["os"],
        "config": run | {"WorkingDir": "/", "Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        "history": [{"created": created, "created_by": "vpcprobe's Dockerfile"}],
    }


def save(layout, out, tag):
    manifest, config, [layer] = read(layout)
    plain = through([layer["mediaType"].rpartition("+")[2], "-dc"], blob(layout, layer))
    name = manifest["config"]["digest"].removeprefix("sha256:") + ".json"
    listed = [{"Config": name, "RepoTags": [tag], "Layers": ["layer.tar"]}]
    files = {"layer.tar": plain, name: blob(layout, manifest["config"]), "manifest.json": written(listed)}
    epoch = int(datetime.datetime.fromisoformat(config["created"].replace("Z", "+00:00")).timestamp())
    Path(out).write_bytes(archived({name: (0o644, content) for name, content in files.items()}, epoch))


def tar(layout, out, epoch):
    paths = sorted(Path(layout).rglob("*"))
    files = {str(path.relative_to(layout)): (0o755, None) if path.is_dir() else (0o644, path.read_bytes()) for path in paths}
    Path(out).write_bytes(archived(files, int(epoch)))


def read(layout):
    """Manifest, configuration and layers of a layout's one image, each as its digest says."""
    [described] = json.loads(Path(layout, "index.json").read_bytes())["manifests"]
    manifest = json.loads(blob(layout, described))
    return manifest, json.loads(blob(layout, manifest["config"])), manifest["layers"]


def blob(layout, descriptor):
    data = Path(layout, "blobs", *descriptor["digest"].split(":")).read_bytes()
    if digest(data) != descriptor["digest"] or len(data) != descriptor["size"]:
        sys.exit(f"{layout}: {descriptor['digest']} holds something else")
    return data


def put(blobs, data, media_type):
    name = digest(data)
    Path(blobs, name.removeprefix("sha256:")).write_bytes(data)
    return {"mediaType": media_type, "digest": name, "size": len(data)}


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def written(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


if __name__ == "__main__":
    {"pack": pack, "save": save, "tar": tar}[sys.argv[1]](*sys.argv[2:])
