#!/bin/sh
# The generated schemas are those of the contracts, and say of 20,000 documents what the gateway's own check says. Needs in $VENV (put there by
# tests/run.sh): lxml, jsonschema-rs, PyYAML; and xmllint. Arguments go on to differential.py: --count, --seed.
cd "$(dirname "$0")/../.." || exit 1
build=${NQS_BUILD:-build/debug}
python="${VENV:-build/venv}/bin/python"
[ -x "$build/record_checker" ] || { echo "no $build/record_checker: build first, or set NQS_BUILD to the build folder"; exit 1; }
"$python" -c 'import lxml, jsonschema_rs, yaml' 2>/dev/null || { echo "no lxml, jsonschema-rs and PyYAML for $python: run tests/run.sh, or set VENV to a venv that has them"; exit 1; }
command -v xmllint >/dev/null || { echo "no xmllint: install libxml2-utils"; exit 1; }
"$build/nqs-gateway" contract generate --check || { echo "schemas/generated or docs/feeds.md are old: run nqs-gateway contract generate"; echo '0 passed, 1 failed'; exit 1; }
exec "$python" tests/schemas/differential.py --checker "$build/record_checker" "$@"
