#!/usr/bin/env bash
# papermill 2.7.0: a parameter given as a tuple reaches the notebook as one text, its repr, while
# the record in the notebook's metadata shows a list; a list reaches it as a list.
# Matters to: brackets, quarters or segments handed to a parameterised report.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check papermill==2.7.0 ipykernel==7.1.0 nbformat==5.10.4
cd "$folder"
JUPYTER_PATH="$folder/env/share/jupyter" "$folder/env/bin/python" - <<'PY'
import json

import nbformat
import papermill

cell = nbformat.v4.new_code_cell("given = (0, 1)", metadata={"tags": ["parameters"]})
ask = nbformat.v4.new_code_cell("print(type(given).__name__, given)")
notebook = nbformat.v4.new_notebook(cells=[cell, ask], metadata={"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}})
nbformat.write(notebook, "asked.ipynb")
said = {}
for name, value in (("tuple", (0, 2)), ("list", [0, 2])):
    papermill.execute_notebook("asked.ipynb", f"{name}.ipynb", {"given": value}, progress_bar=False)
    made = json.load(open(f"{name}.ipynb"))
    printed = "".join(made["cells"][-1]["outputs"][0]["text"]).strip()
    said[name] = (printed, made["metadata"]["papermill"]["parameters"]["given"])
print(f"papermill {papermill.__version__}: {said}")
assert said["tuple"] == ("str (0, 2)", [0, 2]), said
assert said["list"] == ("list [0, 2]", [0, 2]), said
PY
