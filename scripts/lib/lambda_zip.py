"""Pack a binary as a Lambda function on provided.al2023: `bootstrap`, executable, the same bytes each time.

    lambda_zip.py BINARY FILE EPOCH
"""

import sys
import time
import zipfile
from pathlib import Path


def main(binary, out, epoch):
    # Zip begins in 1980, and counts in steps of two seconds.
    made = time.gmtime(max(int(epoch), 315532800))
    entry = zipfile.ZipInfo("bootstrap", date_time=made[:6])
    entry.create_system = 3
    entry.external_attr = 0o100755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, Path(binary).read_bytes(), compresslevel=9)


main(*sys.argv[1:])
