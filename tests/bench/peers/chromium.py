# SPDX-License-Identifier: Apache-2.0
"""Shows the page in three/ in Debian's Chromium and measures the browser's processes from outside."""
import base64
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
TYPES = {".html": "text/html", ".js": "text/javascript"}


class Failed(Exception):
    pass


def first_line(file):
    try:
        return file.read_text()
    except OSError:  # it has just ended
        return ""


class Processes:
    """Those of one session, which is what the browser is started as."""

    def __init__(self, session):
        self.session = session

    def all(self):
        for folder in pathlib.Path("/proc").iterdir():
            if folder.name.isdigit():
                stat = first_line(folder / "stat").rpartition(")")[2].split()
                if stat and int(stat[3]) == self.session:
                    yield folder

    def cpu(self):
        """CPU time so far, in ms: of all threads of all processes, and of each page's main thread."""
        total, pages = 0.0, {}
        for folder in self.all():
            for task in (folder / "task").glob("*/schedstat"):
                total += float(first_line(task).split(" ")[0] or 0) / 1e6
            if "--type=renderer" in first_line(folder / "cmdline"):
                pages[folder.name] = float(first_line(folder / "task" / folder.name / "schedstat").split(" ")[0] or 0) / 1e6
        return total, pages

    def peak_mib(self):
        lines = (line for folder in self.all() for line in first_line(folder / "status").splitlines())
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


class Page(http.server.ThreadingHTTPServer):
    def __init__(self, work, three):
        super().__init__(("127.0.0.1", 0), Handler)
        self.work, self.three = work, three
        self.processes = None
        self.start = 0.0
        self.cpu_begin = None
        self.out = {}
        self.over = threading.Event()

    def told(self, what, body):
        if what == "first":
            self.out["first_s"] = time.monotonic() - self.start
        elif what == "begin":
            self.cpu_begin = self.processes.cpu()
        elif what == "end":
            total, pages = self.processes.cpu()
            self.out |= json.loads(body)
            frames = self.out["frames"]
            self.out["process_cpu_ms"] = (total - self.cpu_begin[0]) / frames
            self.out["app_cpu_ms"] = max(cpu - self.cpu_begin[1].get(page, 0.0) for page, cpu in pages.items()) / frames
            self.out["peak_mib"] = self.processes.peak_mib()
            self.over.set()
        else:
            self.out["failed"] = body.decode()
            self.over.set()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path == "/scene":
            file = self.server.work.file
        elif path.startswith("/three/"):
            file = self.server.three / path.removeprefix("/three/")
        else:
            file = HERE / "three" / path.removeprefix("/")
        if not file.is_file():
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("content-type", TYPES.get(file.suffix, "application/octet-stream"))
        self.send_header("content-length", str(file.stat().st_size))
        self.end_headers()
        with open(file, "rb") as data:
            shutil.copyfileobj(data, self.wfile)

    def do_POST(self):
        self.server.told(self.path.removeprefix("/"), self.rfile.read(int(self.headers.get("content-length", 0))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def run(work, picture, three, environment, limit_s):
    page = Page(work, three)
    threading.Thread(target=page.serve_forever, daemon=True).start()
    width, height = work.size.split("x")
    query = urllib.parse.urlencode({"width": width, "height": height, "camera": ",".join(map(str, work.camera)),
                                    "target": ",".join(map(str, work.target)), "fov": work.fov, "far": work.far,
                                    "frames": work.frames} | ({"picture": 1} if picture else {}))
    with tempfile.TemporaryDirectory(prefix="peers-chromium-") as profile:
        page.start = time.monotonic()
        browser = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--ignore-gpu-blocklist", "--use-gl=angle", "--use-angle=vulkan",
             "--enable-features=Vulkan", f"--user-data-dir={profile}", f"http://127.0.0.1:{page.server_port}/index.html?{query}"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        page.processes = Processes(browser.pid)
        in_time = page.over.wait(limit_s)
        os.killpg(browser.pid, signal.SIGTERM)
        try:
            browser.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()
        page.shutdown()
        page.server_close()
        for _ in range(50):  # its helpers end a little later, and write to the profile until then
            if not any(page.processes.all()):
                break
            time.sleep(0.1)
    if not in_time or "failed" in page.out:
        raise Failed(page.out.get("failed", f"no answer within {limit_s} s"))
    shown = page.out.pop("picture", None)
    if picture:
        picture.write_bytes(base64.b64decode(shown.partition(",")[2]))
    return page.out
