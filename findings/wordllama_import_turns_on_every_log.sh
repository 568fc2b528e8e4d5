#!/usr/bin/env bash
# wordllama 0.4.0.post1: importing it sets up the root logger at level INFO, so that the notes of every
# other library appear on the terminal from then on.
# Matters to: batch runs and notebooks whose output is read by people, where a library of embeddings
# is imported behind a seam and nothing else should be heard of it.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check wordllama==0.4.0.post1
"$folder/env/bin/python" - <<'PY'
import logging

other = logging.getLogger("another.library")
before = (logging.getLogger().handlers != [], other.isEnabledFor(logging.INFO))
import wordllama  # noqa: E402, F401

after = (logging.getLogger().handlers != [], other.isEnabledFor(logging.INFO))
print(f"root has a handler, others' notes are heard: {before} before the import, {after} after it")
assert before == (False, False), before
assert after == (True, True), after
PY
