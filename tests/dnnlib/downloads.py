"""What tests of downloads ask of files and of the server."""

import hashlib

from tests.loopback import CONTENT

SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = bytes(reversed(CONTENT))


def left_in(path):
    return sorted(file.name for file in path.parent.iterdir())


def ranges(server):
    return [asked for _, asked in server.asked]
