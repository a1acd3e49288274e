#!/bin/sh
# Every contract passes `datacontract lint` (datacontract-cli, put into $VENV by tests/run.sh) and has its fixtures. One line a contract.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/verdict.sh
lint="${VENV:-build/venv}/bin/datacontract"
[ -x "$lint" ] || { echo "no $lint: run tests/run.sh, or set VENV to a venv that has datacontract-cli"; echo "0 passed, 1 failed"; exit 1; }
fixtures='request.json good.xml good.json good.ndjson expected.json bad.xml findings.json'
for contract in schemas/contracts/*.odcs.yaml; do
    said=$("$lint" lint "$contract" 2>&1) || echo "$contract: refused by datacontract lint: $(echo "$said" | tr '\n' ' ')"
    feed=$(basename "$contract" .odcs.yaml)
    for file in $fixtures; do
        [ -s "tests/feeds/$feed/$file" ] || echo "$contract: tests/feeds/$feed/$file is missing"
    done
done | verdict "$(ls schemas/contracts/*.odcs.yaml | wc -l)"
