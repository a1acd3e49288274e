#!/bin/sh
# Every contract passes `datacontract lint` (datacontract-cli, put into $VENV by tests/run.sh) and has its fixtures. One line a contract.
cd "$(dirname "$0")/../.." || exit 1
lint="${VENV:-build/venv}/bin/datacontract"
[ -x "$lint" ] || { echo "no $lint: run tests/run.sh, or set VENV to a venv that has datacontract-cli"; exit 1; }
fixtures='request.json good.xml good.json good.ndjson expected.json bad.xml findings.json'
status=0
for contract in schemas/contracts/*.odcs.yaml; do
    verdict=ok
    said=$("$lint" lint "$contract" 2>&1) || { verdict="refused by datacontract lint"; echo "$said"; }
    feed=$(basename "$contract" .odcs.yaml)
    for file in $fixtures; do
        [ -s "tests/feeds/$feed/$file" ] || verdict="tests/feeds/$feed/$file is missing"
    done
    echo "$contract: $verdict"
    [ "$verdict" = ok ] || status=1
done
exit $status
