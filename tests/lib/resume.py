"""What a long run has done already, so that one that was stopped goes on where it was: build/full/NAME-COMMIT.json, gone when all is done."""
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Done:
    def __init__(self, name):
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip() or "none"
        self.path = ROOT / "build" / "full" / ("%s-%s.json" % (name, commit))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.parts = json.loads(self.path.read_text()) if self.path.exists() else {}

    def get(self, part):
        """What was kept of a part, None when it has not been done."""
        return self.parts.get(part)

    def keep(self, part, value):
        self.parts[part] = value
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(self.parts))
        new.rename(self.path)

    def finish(self):
        self.path.unlink(missing_ok=True)
