#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs ours and a peer in turn on the same scenes and prints a table; started by `run`, in a root folder of Debian sid."""
import argparse
import json
import os
import pathlib
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

import chromium
import scene

HERE = pathlib.Path(__file__).resolve().parent
LIMIT_S = 600  # of one run of one program
# work, nodes, triangles of a node, every mesh its own, size
ROWS = [
    ("2,000 simple nodes", 2000, "lite", False, "1280x720"),
    ("0.4M triangles", 200, "detail", False, "1280x720"),
    ("4M triangles", 2000, "detail", False, "1280x720"),
    ("20,000 nodes", 20000, "lite", False, "64x64"),
    ("20,000 nodes, own meshes", 20000, "lite", True, "64x64"),
    ("100,000 nodes", 100000, "lite", False, "64x64"),
    ("100,000 nodes, own meshes", 100000, "lite", True, "64x64"),
]
# a run's number, its name in the table, its digits
COLUMNS = [
    ("frame_ms", "whole frame, ms", 2),
    ("app_cpu_ms", "app CPU per frame, ms", 3),
    ("process_cpu_ms", "CPU per frame with the driver, ms", 2),
    ("first_s", "start to first picture, s", 2),
    ("peak_mib", "peak memory, MiB", 0),
]


class Failed(Exception):
    pass


class Programs:
    def __init__(self, options):
        self.options = options
        self.home = options.work / "home"
        self.home.mkdir(exist_ok=True)
        driver = next(pathlib.Path("/usr/share/vulkan/icd.d").glob("lvp_icd*.json"))
        self.environment = os.environ | {"VK_DRIVER_FILES": str(driver), "HOME": str(self.home)}
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "WAYLAND_DISPLAY"):
            self.environment.pop(name, None)
        read_end, write_end = os.pipe()
        self.screen = subprocess.Popen(["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"],
                                       pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as display:
            number = display.readline().strip()
        if not number:
            raise Failed("Xvfb does not start")
        self.environment["DISPLAY"] = ":" + number
        shutil.copytree(HERE / "godot", options.work / "godot", dirs_exist_ok=True)  # Godot writes into it

    def close(self):
        self.screen.terminate()
        self.screen.wait()

    def run(self, command, **environment):
        """What the program printed, the time until it said "first picture", and its peak memory."""
        begin, first_s, lines = time.monotonic(), None, []
        process = subprocess.Popen([str(part) for part in command], env=self.environment | environment, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        stop = threading.Timer(LIMIT_S, os.killpg, (process.pid, signal.SIGKILL))
        stop.start()
        try:
            for line in process.stdout:
                if line == "first picture\n" and first_s is None:
                    first_s = time.monotonic() - begin
                lines.append(line)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            stop.cancel()
        if process.returncode != 0 or first_s is None:
            raise Failed(f"{command[0]} ended with {process.returncode}: {''.join(lines[-5:])}")
        return lines, {"first_s": first_s, "peak_mib": usage.ru_maxrss / 1024}

    def ours(self, work, picture):
        shot = ["--shot", picture] if picture else []
        lines, out = self.run([self.options.program, "--frames", work.frames, "--size", work.size, "--no-sun", "--detail", "0",
                               "--camera", text(work.camera), "--target", text(work.target), "--fov", work.fov, "--say-first",
                               *shot, work.file], LD_LIBRARY_PATH=str(self.options.libraries))
        header = next(k for k, line in enumerate(lines) if line.startswith("scene,"))
        row = dict(zip(lines[header].strip().split(","), lines[header + 1].strip().split(",")))
        return out | {"frame_ms": float(row["wall_ms"]), "app_cpu_ms": float(row["cpu_ms"]), "draws": int(row["draws"]),
                      "process_cpu_ms": float(row["process_cpu_ms"]), "size": row["size"], "triangles": int(row["triangles"])}

    def godot(self, work, picture):
        lines, out = self.run(["godot", "--path", self.options.work / "godot", "--rendering-method", "forward_plus",
                               "--rendering-driver", "vulkan", "--resolution", work.size, "--disable-vsync",
                               "--audio-driver", "Dummy", "--", f"file={work.file}", f"camera={text(work.camera)}",
                               f"target={text(work.target)}", f"fov={work.fov}", f"far={work.far}", f"frames={work.frames}",
                               *([f"picture={picture}"] if picture else [])])
        result = [line for line in lines if line.startswith("{")]
        if not result:
            raise Failed(f"Godot says nothing: {''.join(lines[-5:])}")
        return out | json.loads(result[-1])

    def three(self, work, picture):
        try:
            return chromium.run(work, picture, self.options.three, self.environment, LIMIT_S)
        except chromium.Failed as failure:
            raise Failed(f"three.js: {failure}") from failure


def text(point):
    return ",".join(f"{value:.6g}" for value in point)


class Work:
    """A scene, as all programs are to show it."""

    def __init__(self, name, file, size, options):
        self.name, self.file, self.size, self.frames, self.fov = name, file, size, options.frames, options.fov
        low, high = scene.bounds(file)
        side = max(high[0] - low[0], high[2] - low[2])
        self.camera = options.camera or (0.0, 0.6 * side, side)  # as bench_frame has it by itself
        self.target = options.target or (0.0, 0.0, 0.0)
        self.far = 4 * max(side, high[1] - low[1], *(abs(value) for value in self.camera))


def works(options):
    if options.files:
        for file in options.files:
            yield Work(file.name, file.resolve(), options.size, options)
        return
    for name, nodes, triangles, unique, size in ROWS:
        name = f"{name}, {size}"
        if options.rows not in name:
            continue
        file = options.work / f"{triangles}-{nodes}{'-unique' * unique}.glb"
        subprocess.run([sys.executable, HERE.parent / "make_scene.py", file, "--nodes", str(nodes), "--tris", triangles,
                        *["--unique"] * unique], check=True)
        yield Work(name, file, size, options)
        file.unlink()


def checked(run, work, picture):
    out = run(work, picture)
    if out["size"] != work.size:
        raise Failed(f"a picture of {out['size']} where {work.size} was asked for")
    return out


def compare(programs, work, peer, options):
    pairs = []
    for k in range(options.pairs):
        print(f"{work.name}: {peer}, pair {k + 1} of {options.pairs}", file=sys.stderr, flush=True)
        place = lambda who: options.work / f"{work.file.stem}-{work.size}-{who}.png" if options.pictures and k == 0 else None
        pairs.append((checked(programs.ours, work, place("ours")), checked(getattr(programs, peer), work, place(peer))))
    return pairs


def rows(work, pairs):
    peer = pairs[0][1]["name"]
    for key, name, digits in COLUMNS:
        ours, theirs = (statistics.median(pair[side][key] for pair in pairs) for side in (0, 1))
        ratio = statistics.median(pair[0][key] / pair[1][key] for pair in pairs)
        yield f"| {work.name} | {name} | {ours:.{digits}f} | {peer} | {theirs:.{digits}f} | {ratio:.2f} |"
    for key in ("draws", "triangles"):
        yield f"| {work.name} | {key} | {pairs[0][0][key]:.0f} | {peer} | {pairs[0][1][key]:.0f} | |"


def machine(programs, peers_draw_with):
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    no_screen = {name: value for name, value in programs.environment.items() if name != "DISPLAY"}
    summary = subprocess.run(["vulkaninfo", "--summary"], env=no_screen, capture_output=True, text=True, check=True).stdout
    mesa = next(line.split("=")[1].strip() for line in summary.splitlines() if "driverInfo" in line)
    yield f"{os.process_cpu_count()} × {cpu}, {platform.system()} {platform.release()}. Ours draws with lavapipe of {mesa}."
    for name, device in sorted(peers_draw_with.items()):
        yield f"{name} draws with {device}."


def parsed():
    point = lambda word: tuple(float(value) for value in word.split(","))
    parser = argparse.ArgumentParser(prog="tests/bench/peers/run", description="Godot and three.js beside ours, in turn.")
    for name in ("--work", "--program", "--libraries", "--three"):
        parser.add_argument(name, type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--peers", default="godot,three", help="godot, three or both, with a comma")
    parser.add_argument("--frames", type=int, default=100, help="fewer when they take longer than 10 s, but not fewer than 20")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--rows", default="", help="only the rows that have this in their name")
    parser.add_argument("--pictures", action="store_true", help="write what each program shows to build/peers")
    parser.add_argument("--size", default="1280x720", help="of files given")
    parser.add_argument("--camera", type=point, help="x,y,z; without it bench_frame's own: 0, 0.6 S, S for a scene with side S")
    parser.add_argument("--target", type=point, help="x,y,z; without it 0,0,0")
    parser.add_argument("--fov", type=float, default=60.0, help="degrees, vertical")
    parser.add_argument("files", type=pathlib.Path, nargs="*", metavar="FILE", help="glTF, in place of the rows")
    options = parser.parse_args()
    options.peers = options.peers.split(",")
    if not set(options.peers) <= {"godot", "three"}:
        parser.error("the peers are godot and three")
    return options


def main():
    options = parsed()
    programs = Programs(options)
    table, failures, runs, draw_with = [], [], [], {}
    try:
        warmed = set()
        for work in works(options):
            for peer in options.peers:
                try:
                    if peer not in warmed:  # once, so that no row has the filling of the programs' caches
                        checked(programs.ours, work, None)
                        checked(getattr(programs, peer), work, None)
                        warmed.add(peer)
                    pairs = compare(programs, work, peer, options)
                except Failed as failure:
                    failures.append(f"{work.name}, {peer}: {failure}")
                    print(failures[-1], file=sys.stderr, flush=True)
                    continue
                table += rows(work, pairs)
                runs.append({"work": work.name, "peer": peer, "pairs": pairs})
                draw_with[pairs[0][1]["name"]] = pairs[0][1]["draws_with"]
        print(*machine(programs, draw_with), sep="\n")
    finally:
        programs.close()
    print("\n| scene | work | ours | peer | its | ratio, ours / peer |\n|---|---|---|---|---|---|")
    print(*table, sep="\n")
    (options.work / "runs.json").write_text(json.dumps(runs, indent=1))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
