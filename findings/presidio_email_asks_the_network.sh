#!/usr/bin/env bash
# presidio-analyzer 2.2.366: the pattern recogniser for e-mail addresses, a regular expression, asks two
# remote hosts for a list of domain endings when it meets its first address (through tldextract); without a
# network it prints the failed attempts and answers from the list it ships. The text itself is not sent.
# Matters to: masking comments on a machine, or under a promise, without a network.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check presidio-analyzer==2.2.366 tldextract==5.4.0
TLDEXTRACT_CACHE="$folder/cache" "$folder/env/bin/python" - 2>/dev/null <<'PY'
import os
import socket
import threading
from importlib.metadata import version

asked = []
listener = socket.create_server(("127.0.0.1", 0))


def listen():
    while True:
        caller, _ = listener.accept()
        asked.append(caller.recv(200).split(b" ")[0].decode())
        caller.close()


threading.Thread(target=listen, daemon=True).start()
for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
    os.environ[name] = f"http://127.0.0.1:{listener.getsockname()[1]}"

from presidio_analyzer.predefined_recognizers import EmailRecognizer

recogniser = EmailRecognizer()
before = list(asked)
found = recogniser.analyze("please write to ann@example.com", ["EMAIL_ADDRESS"], None)
print(f"presidio-analyzer {version('presidio-analyzer')}: {len(found)} address, requests {before} then {asked}")
assert len(found) == 1 and not before and asked == ["CONNECT", "CONNECT"], asked
PY
