"""Runs the fuzz targets, two at a time: first the inputs of each corpus, then new ones.

fuzz.py SECONDS [--keep] [NAME…]     SECONDS of new inputs for each target; --keep: what was learnt goes into the corpora, and a run that was stopped goes on
An input that breaks a target is left under build/fuzz-found, and printed. Build first: cmake --preset fuzz && cmake --build --preset fuzz
"""
import argparse
import base64
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))
from resume import Done     # noqa: E402

FUZZ, WORK, FOUND = ROOT / "tests/fuzz", ROOT / "build/fuzz-work", ROOT / "build/fuzz-found"
LIMITS = ["-max_len=8192", "-timeout=25", "-report_slow_units=25", "-rss_limit_mb=1500", "-malloc_limit_mb=512", "-print_final_stats=1"]
KEPT_FILES, KEPT_BYTES = 200, 200 * 1024


class Target:
    def __init__(self, name):
        self.name, self.corpus, self.work = name, FUZZ / "corpus" / name, WORK / name
        self.failed, self.cases, self.said = 0, 0, []

    def call(self, what, *args, seconds=0):
        """Runs it over folders or files; counts as one case. Returns its output."""
        words = FUZZ / (self.name + ".dict")
        command = [ROOT / "build/fuzz" / (self.name + "_fuzz"), *LIMITS, "-artifact_prefix=%s/%s-" % (FOUND, self.name)]
        command += ["-dict=%s" % words] if words.exists() else []
        done = subprocess.run(command + list(args), cwd=ROOT, capture_output=True, timeout=seconds + 600, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1"})
        output = done.stderr.decode("utf-8", "replace")
        self.cases += 1
        if done.returncode:
            self.failed += 1
            self.complain(what, output)
        return output

    def complain(self, what, output):
        lines = [line for line in output.splitlines() if not re.match(r"#\d+\s+(NEW|REDUCE|pulse|RELOAD)", line)]
        self.said.append("   FAILED %s: %s" % (self.name, what))
        self.said += ["   | " + line[:300] for line in lines[-40:]]
        for path in re.findall(r"Test unit written to (\S+)", output):
            data = (ROOT / path).read_bytes()
            self.said.append("   input %s, base64: %s" % (path, base64.b64encode(data).decode() if len(data) <= 20000 else "%d bytes" % len(data)))

    def run(self, seconds):
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        seeds = sum(1 for _ in self.corpus.iterdir())
        self.call("its corpus", "-runs=0", self.corpus)
        output = self.call("new inputs", "-max_total_time=%d" % seconds, self.work, self.corpus, seconds=seconds)
        tried = re.search(r"number_of_executed_units: (\d+)", output)
        places = re.findall(r" cov: (\d+)", output)
        self.said.insert(0, "   %-16s %4d in the corpus  %10s tried in %4d s  %5s places reached  %s" % (
            self.name, seeds, tried.group(1) if tried else "?", seconds, places[-1] if places else "?", "FAILED" if self.failed else "nothing found"))
        return self

    def keep(self):
        """The fewest inputs that reach every place, smallest first, beside those with a name of their own."""
        small = self.work.with_name(self.name + "-small")
        shutil.rmtree(small, ignore_errors=True)
        small.mkdir()
        self.call("merging", "-merge=1", small, self.corpus, self.work)
        named = [p for p in self.corpus.iterdir() if not re.fullmatch(r"[0-9a-f]{40}", p.name)]
        files, size, known = len(named), sum(p.stat().st_size for p in named), {p.read_bytes() for p in named}
        for p in self.corpus.iterdir():
            if p not in named:
                p.unlink()
        for p in sorted(small.iterdir(), key=lambda p: (p.stat().st_size, p.name)):
            size += p.stat().st_size
            files += 1
            if files > KEPT_FILES or size > KEPT_BYTES:
                break
            if p.read_bytes() not in known:
                shutil.copy(p, self.corpus / p.name)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("seconds", type=int)
    p.add_argument("--keep", action="store_true")
    p.add_argument("names", nargs="*")
    a = p.parse_intermixed_args()
    names = a.names or sorted(f.name[:-len("_fuzz.c")] for f in FUZZ.glob("*_fuzz.c"))
    FOUND.mkdir(parents=True, exist_ok=True)
    done = Done("fuzz-%d" % a.seconds) if a.keep else None
    cases = failed = 0

    def one(name):
        known = done.get(name) if done else None
        if known:
            return name, known
        t = Target(name).run(a.seconds)
        if a.keep and not t.failed:
            t.keep()
        return name, [t.cases, t.failed, t.said]

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, result in pool.map(one, names):
            if done and not result[1]:
                done.keep(name, result)
            print("\n".join(result[2]), flush=True)
            cases, failed = cases + result[0], failed + result[1]
    if done and not failed:
        done.finish()
    print("%d passed, %d failed" % (cases - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
