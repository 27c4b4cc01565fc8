"""Push OCI layouts to a registry, byte for byte as they are. Several become one index, an image per architecture.

    REGISTRY_LOGIN=… push.py ADDRESS REPOSITORY TAG LAYOUT...

ADDRESS is the registry's, with its scheme; the login is what goes behind "Basic". Prints the pushed digest.
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import oci

# What ECR asks for, by what is being done.
PERMISSIONS = {
    "look for a layer": "ecr:BatchCheckLayerAvailability",
    "begin a layer": "ecr:InitiateLayerUpload",
    "send a layer": "ecr:UploadLayerPart",
    "finish a layer": "ecr:CompleteLayerUpload",
    "put the image": "ecr:PutImage",
}
TRIES = 4


def main(address, repository, tag, *layouts):
    base = f"{address}/v2/{repository}/"
    described = [push_image(base, layout) for layout in layouts]
    if len(described) == 1:
        [(descriptor, manifest)] = described
        pushed = put_manifest(base, tag, manifest, oci.MANIFEST)
    else:
        for descriptor, manifest in described:
            put_manifest(base, descriptor["digest"], manifest, oci.MANIFEST)
        listed = [{key: one[key] for key in ["mediaType", "digest", "size", "platform"]} for one, _ in described]
        index = oci.written({"schemaVersion": 2, "mediaType": oci.INDEX, "manifests": listed})
        pushed = put_manifest(base, tag, index, oci.INDEX)
    print(pushed)


def push_image(base, layout):
    """An image's configuration and layers; its manifest comes last, by whoever names it."""
    [descriptor] = json.loads(Path(layout, "index.json").read_bytes())["manifests"]
    manifest = oci.blob(layout, descriptor)
    content = json.loads(manifest)
    for one in [content["config"], *content["layers"]]:
        push_blob(base, one["digest"], oci.blob(layout, one))
    return descriptor, manifest


def push_blob(base, digest, data):
    # There, or to be had where that points to.
    status, _ = request("look for a layer", "HEAD", f"{base}blobs/{digest}", allowed=[200, 302, 307, 404])
    if status != 404:
        return
    _, place = request("begin a layer", "POST", f"{base}blobs/uploads/", b"", allowed=[202])
    place = pointed("begin a layer", base, place)
    sent = {"Content-Type": "application/octet-stream", "Content-Range": f"0-{len(data) - 1}"}
    _, further = request("send a layer", "PATCH", place, data, sent, allowed=[202])
    place = pointed("send a layer", place, further)
    mark = "&" if urllib.parse.urlsplit(place).query else "?"
    request("finish a layer", "PUT", f"{place}{mark}digest={urllib.parse.quote(digest)}", b"", allowed=[201])


def put_manifest(base, name, manifest, media_type):
    request("put the image", "PUT", f"{base}manifests/{name}", manifest, {"Content-Type": media_type}, allowed=[201])
    return oci.digest(manifest)


def request(step, method, url, data=None, headers=None, allowed=()):
    """The answer's status and where it points to; tried again where that can help."""
    asked = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    asked.add_header("Authorization", f"Basic {os.environ['REGISTRY_LOGIN']}")
    for left in reversed(range(TRIES)):
        status, place, text = once(asked)
        if status in allowed:
            return status, place
        # A piece that was cut off may have arrived: to send it again would be an error of its own.
        if left == 0 or method == "PATCH" or status not in [0, 429, 500, 502, 503, 504]:
            fail(step, url, status, text)
        time.sleep(2 ** (TRIES - left) / 2)


def once(asked):
    try:
        with DIRECT.open(asked, timeout=60) as answer:
            return answer.status, answer.headers.get("Location"), ""
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Location"), error.read(4096).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        return 0, None, str(error)


class Stay(urllib.request.HTTPRedirectHandler):
    """An upload is redirected nowhere: the login is for this host alone."""

    def redirect_request(self, *_):
        return None


DIRECT = urllib.request.build_opener(Stay)


def pointed(step, url, place):
    """Where the upload goes on: on the same host, as the login is sent along."""
    place = urllib.parse.urljoin(url, place or "")
    if urllib.parse.urlsplit(place)[:2] != urllib.parse.urlsplit(url)[:2]:
        sys.exit(f"could not {step}: {urllib.parse.urlsplit(url).netloc} points to another host")
    return place


def fail(step, url, status, text):
    host = urllib.parse.urlsplit(url).netloc
    if status in [401, 403]:
        sys.exit(f"to {step} at {host} you need the permission {PERMISSIONS[step]}; it answered {status} {text}")
    sys.exit(f"could not {step} at {host}: {f'{status} {text}' if status else text}")


main(*sys.argv[1:])
