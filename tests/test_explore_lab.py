"""The explorer in a real JupyterLab: clicked, typed, copied, pinned, and opened again."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests import small
from tests.test_explore import _export

PANEL = "from cxlab import explore\nexplore.panel('study.yaml')"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
WAIT = 180_000  # a busy machine takes its time; no test decides by it


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    small.write(folder, _export(), columns={"customer_id": "id", "answered_at": "date",
                "nps": "score", "comment": "remark"}, ratings={"service": "service"},
                scales={"nps": "0..10", "ratings": "1..5"}, segments=["region"])  # fmt: skip
    cells = [new_code_cell(PANEL), new_code_cell("")]
    nbformat.write(new_notebook(cells=cells, metadata=KERNEL), folder / "look.ipynb")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
         f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=",
         "--ServerApp.disable_check_xsrf=True", "--LabApp.news_url=None"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(folder / "config")},
    )  # fmt: skip
    try:
        yield _answering(f"http://127.0.0.1:{port}", server), folder
    finally:
        server.terminate()
        server.wait()


def _answering(address: str, server) -> str:
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=5).close()
            return address
        except OSError:
            time.sleep(0.3)
    pytest.fail("JupyterLab ended before it answered")


def test_every_click_is_code_and_pins_outlive_the_kernel(lab, browser):
    address, _ = lab
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(WAIT)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
    page.goto(f"{address}/lab/tree/look.ipynb")
    _run(page, 0)
    panel = page.locator(".cx-explore").first

    panel.locator("[data-view=groups] button.cx-row").nth(1).press("Enter")  # by keyboard alone
    panel.locator(".cx-chip").wait_for()
    panel.locator("button.cx-quote").first.click()
    panel.locator(".cx-person").wait_for()
    score = panel.locator("[data-view=score]")
    shown = score.locator(".cx-said").text_content()
    score.get_by_text("copy as code").click()
    lines = score.locator(".cx-code").text_content().splitlines()
    score.get_by_label("pin The score of the chosen").click()
    panel.locator(".cx-pins li").wait_for()

    copied = "\n".join([*lines[:-1], f"print('=', {lines[-1]}.headline)"])
    assert _typed(page, copied) == shown
    page.evaluate("fetch('/api/kernels').then(r => r.json()).then(all => "
                  "fetch(`/api/kernels/${all[0].id}/restart`, {method: 'POST'}))")  # fmt: skip
    page.reload()
    _run(page, 0)
    page.locator(".cx-pins li").first.wait_for()
    assert shown in page.locator(".cx-pins li").first.text_content()
    assert said == []
    near = (address, address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(near)] == []
    page.close()


def _run(page, place: int) -> None:
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(place)
    at_work = cell.locator(".jp-InputPrompt", has_text=re.compile(r"[*\d]"))
    for _ in range(WAIT // 1500):  # JupyterLab drops a cell that is run while its kernel settles
        cell.click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(1500)
        if at_work.count():
            break
    page.locator(".cx-explore").first.wait_for()


def _typed(page, code: str) -> str:
    """Run lines in the second cell; give what it printed."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(1)
    cell.locator(".cm-content").click()
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")
    told = cell.locator(".jp-OutputArea-output pre").first
    told.wait_for()
    return re.sub(r"^= ", "", told.text_content().strip())
