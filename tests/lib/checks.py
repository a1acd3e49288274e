"""Counts what a test script finds, and ends it as tests/run.sh wants.

    checks = Checks()
    checks.that("a sentence that is true", value, "what was there instead")
    checks.equal("a sentence that is true", got, wanted)
    checks.run(function, …)     # an exception in it is a failure of its own, and the next function is run all the same
    checks.finish()             # the last line, the exit status
"""
import sys
import time
import traceback


class Checks:
    def __init__(self):
        self.passed, self.failed, self.since = 0, 0, time.monotonic()

    def say(self, text):
        print("%4d s  %s" % (time.monotonic() - self.since, text), flush=True)

    def that(self, sentence, value, instead=""):
        if value:
            self.passed += 1
        else:
            self.failed += 1
            self.say("FAIL  %s: %s" % (sentence, instead))
        return bool(value)

    def equal(self, sentence, got, wanted):
        return self.that(sentence, got == wanted, "got %r, wanted %r" % (got, wanted))

    def run(self, function, *args):
        before = self.failed
        name = " ".join([function.__name__] + [a for a in args if isinstance(a, str)])
        try:
            function(*args)
        except Exception:
            self.failed += 1
            print(traceback.format_exc(limit=-4), flush=True)
        self.say("%s  %s" % ("ok  " if self.failed == before else "FAIL", name))

    def finish(self):
        print("%d passed, %d failed" % (self.passed, self.failed))
        sys.exit(self.failed > 0)
