#!/usr/bin/env bash
# ibis-framework 12.0.0 on duckdb 2.0.0: a column of a zone shows its own wall time when it is
# handed over, and yet date(), truncate() and hour() are computed in UTC, so that an evening order
# of 31 January in Los Angeles is counted in February.
# Matters to: cohorts, daily counts and opening hours computed in the engine.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check \
  "ibis-framework[duckdb]==12.0.0" duckdb==2.0.0 "sqlglot<30.20" pandas==3.0.0
"$folder/env/bin/python" - <<'PY'
import duckdb
import ibis
import pandas as pd

at = pd.to_datetime(["2025-01-31 20:00"]).tz_localize("America/Los_Angeles")
column = ibis.memtable(pd.DataFrame({"at": at})).at
shown = column.execute().iloc[0]
month = column.truncate("M").execute().iloc[0]
day, hour = column.date().execute().iloc[0], column.hour().execute().iloc[0]
said = (str(shown), str(day)[:10], int(hour), month.month)
print(f"ibis {ibis.__version__}, duckdb {duckdb.__version__}: shown, date, hour, month: {said}")
assert said[0].startswith("2025-01-31 20:00"), said
assert said[1:] == ("2025-02-01", 4, 2), said
PY
