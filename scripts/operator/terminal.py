"""A terminal with an operator at it: what a command shows there, and Ctrl-C."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading

ROWS, COLUMNS = 50, 160
CTRL_C = b"\x03"
# Colours, and what clears a line.
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    def __init__(self, command, environment):
        self.master, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.shown = bytearray()
        self.process = subprocess.Popen(
            command, env=environment, stdin=side, stdout=side, stderr=side, preexec_fn=lambda: take_over(side)
        )
        os.close(side)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        try:
            while piece := os.read(self.master, 65536):
                self.shown += piece
        except OSError:
            # EIO: nobody has the other side any more.
            pass

    def press(self, keys):
        os.write(self.master, keys)

    def wait(self, seconds):
        """The exit code, or None where it did not end in time."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            code = None
        self.reader.join(5)
        return code

    def text(self):
        """Line by line; of one that was written over, what it was at last."""
        plain = ESCAPES.sub("", self.shown.decode(errors="replace")).replace("\r\n", "\n")
        return "\n".join(line.rpartition("\r")[2] for line in plain.split("\n"))


def take_over(side):
    """The terminal becomes the process's own; a shell's background jobs ignore SIGINT, and bash would keep that."""
    os.setsid()
    fcntl.ioctl(side, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
