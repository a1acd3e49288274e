"""What is on the broker, held against the AsyncAPI document of the same contracts."""
import json
import re
import subprocess

import jsonschema


class Described:
    def __init__(self, gateway):
        done = subprocess.run([gateway.bin, "contract", "asyncapi", "--contracts", gateway.settings["contracts"]], capture_output=True, text=True, check=True)
        self.document = json.loads(done.stdout)

    def channel(self, topic):
        def fits(address):
            return re.fullmatch(re.escape(address).replace(r"\{bin\}", "[0-9]{12}"), topic)
        return next(c for c in self.document["channels"].values() if fits(c["address"]))

    def refusal(self, part, value):
        """Why a schema of the document refuses a value; "" where it does not."""
        schema = {"components": self.document["components"], "channels": self.document["channels"], "allOf": [part]}
        error = jsonschema.exceptions.best_match(jsonschema.Draft7Validator(schema).iter_errors(value))
        return "%s: %s" % ("/".join(map(str, error.path)), error.message) if error else ""

    def refusals(self, messages, topic):
        """What is not as the channel of that topic has it: (offset, why), and the names of the messages there were."""
        channel, wrong, seen = self.channel(topic)["messages"], [], set()
        for m in messages:
            headers = {k: v.decode() for k, v in m.headers() or []}
            name = headers.get("ce_type", "tombstone")
            about = next((a for a in channel.values() if a["name"] == name), None)
            seen.add(name)
            if not about:
                wrong.append((m.offset(), "no message is called " + name))
                continue
            value = json.loads(m.value()) if m.value() else None
            for part, said in (("headers", headers), ("payload", value)):
                why = self.refusal(about[part], said) if part in about else ""
                wrong += [(m.offset(), part + ": " + why)] if why else []
        return wrong, seen
