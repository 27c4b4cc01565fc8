"""A headless Chromium, spoken to over its DevTools protocol by a pipe: nothing listens on a port."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

# As root, as in a container of a pipeline, Chromium's own sandbox can't be set up.
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
         "--force-color-profile=srgb", "--font-render-hinting=none", "--remote-debugging-pipe"]
LIMIT_S = 30


class Browser:
    """One process with one page; what the page does is kept as events."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="check-html-")
        to_child, self.to_browser = os.pipe()
        self.from_browser, from_child = os.pipe()
        self.process = subprocess.Popen(
            ["chromium", *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            # The protocol's file descriptors are 3 and 4.
            preexec_fn=lambda: (os.dup2(to_child, 63), os.dup2(from_child, 64), os.dup2(63, 3), os.dup2(64, 4)),
            close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self.buffer, self.number, self.events, self.session = b"", 0, [], None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log", "Audits"]:
            self.ask(f"{domain}.enable")

    def ask(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        write_all(self.to_browser, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + LIMIT_S
        while True:
            answer = self.next(until, method)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"chromium refuses {method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def next(self, until, waited_for):
        while b"\0" not in self.buffer:
            if not select.select([self.from_browser], [], [], max(0, until - time.monotonic()))[0]:
                raise SystemExit(f"chromium gave no answer to {waited_for} within {LIMIT_S} s")
            piece = os.read(self.from_browser, 1 << 20)
            if not piece:
                raise SystemExit(f"chromium ended while {waited_for} was waited for")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def open(self, path, theme, width, height=900):
        """Load a file, and give the events until it has loaded."""
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.events = []
        self.ask("Page.navigate", url=path.as_uri())
        until = time.monotonic() + LIMIT_S
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.next(until, f"{path.name} to load"))
        # What a page asks for, or complains of, after it has loaded comes before this answer.
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
        return self.events

    def value(self, expression):
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"{expression}: {result['exceptionDetails']['text']}")
        return result["result"].get("value")

    def shot(self, width, height):
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        return base64.b64decode(self.ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"])

    def pdf(self):
        return base64.b64decode(self.ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def write_all(file, data):
    while data:
        data = data[os.write(file, data):]
