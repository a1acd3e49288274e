"""Every mapping by its fixtures, through `nqs-gateway mapping check --sample --json`, without a gateway. tests/mappings/NAME holds
    good/*            samples that all make the records of expected.json ("feed", "kind", "period" where the file's name tells it, "records")
    bad/*             samples whose findings are those of findings.json, by the sample's name: [record, severity, code, place, source, arguments]
    *.csv             value tables in place of the installation's
    mapping.yaml      where the product has no such mapping; contracts/ beside it, where it has no such feed
A sample *.fragment.xml is what stands in <data> of a SOAP message."""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "lib"))
from checks import Checks                               # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("NQS_BUILD", ROOT / "build/debug")) / "nqs-gateway"
PRODUCT = ROOT / "transforms/mappings"
check = Checks()


def mapping_of(name):
    own = HERE / name / "mapping.yaml"
    return own if own.exists() else PRODUCT / (name + ".yaml")


def ask(name, sample, *more):
    fixture = HERE / name
    command = [PROGRAM, "mapping", "check", mapping_of(name), "--share", ROOT, "--mappings", fixture, "--sample", sample, "--json", "--limit", "1000", *more]
    if (fixture / "contracts").is_dir():
        command += ["--contracts", fixture / "contracts"]
    if sample.name.endswith(".fragment.xml"):
        command += ["--fragment"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "ru_RU.UTF-8"})
    if done.returncode not in (0, 3):
        raise RuntimeError("%s: %s" % (sample, done.stderr))
    return json.loads(done.stdout), done.stdout


def found(answer):
    return [[f["record"], f["severity"], f["code"], f["place"], f["source"], f["arguments"]] for f in answer["findings"]]


def good(name, sample, expected):
    answer, _ = ask(name, sample, "--show-personal")
    what = "%s, %s" % (name, sample.name)
    check.equal(what + ": it is read", answer["document"], None)
    check.equal(what + ": nothing is found", found(answer), [])
    check.equal(what + ": feed and kind", (answer["feed"], answer["kind"]), (expected["feed"], expected["kind"]))
    if "period" in expected:
        check.equal(what + ": the period", answer["period"], expected["period"])
    check.equal(what + ": as many records", len(answer["canonical"]), len(expected["records"]))
    for i, (got, wanted) in enumerate(zip(answer["canonical"], expected["records"]), 1):
        check.equal("%s: record %d" % (what, i), got, wanted)


def bad(name, sample, findings):
    answer, _ = ask(name, sample)
    what = "%s, %s" % (name, sample.name)
    for got, wanted in zip(found(answer), findings):
        check.equal(what, got, wanted)
    check.equal(what + ": as many findings", len(answer["findings"]), len(findings))
    check.that(what + ": each is said in words", all(f["text"] and f["code"] not in f["text"] for f in answer["findings"]), answer["findings"])


def personal_values_are_hidden():
    sample = next((HERE / "gbdul-founders/good").iterdir())
    answer, text = ask("gbdul-founders", sample)
    check.that("an IIN is not shown unasked", "391221500313" not in text and "•••" in text, text)
    check.that("nor would a test without it tell", "391221500313" in ask("gbdul-founders", sample, "--show-personal")[1])


def one(name):
    fixture = HERE / name
    expected = json.loads((fixture / "expected.json").read_text())
    findings = json.loads((fixture / "findings.json").read_text())
    goods, bads = sorted((fixture / "good").iterdir()), sorted((fixture / "bad").iterdir())
    check.that(name + " has good samples, and records of them", goods and expected["records"], goods)
    check.equal(name + ": its bad samples are those whose findings are known", [b.name for b in bads], sorted(findings))
    for sample in goods:
        good(name, sample, expected)
    for sample in bads:
        check.that("%s, %s: something is found" % (name, sample.name), findings[sample.name])
        bad(name, sample, findings[sample.name])


def main():
    product = sorted(p.stem for p in PRODUCT.glob("*.yaml"))
    fixtures = sorted(p.name for p in HERE.iterdir() if p.is_dir() and not p.name.startswith(("_", ".")))
    check.equal("every mapping has fixtures", [n for n in product if n not in fixtures], [])
    check.equal("every fixture has a mapping", [n for n in fixtures if not mapping_of(n).exists()], [])
    for name in sys.argv[1:] or fixtures:
        check.run(one, name)
    check.run(personal_values_are_hidden)
    check.finish()


main()
