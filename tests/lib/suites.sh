# suite NAME COMMAND…: runs tests whose output ends with "N passed, M failed", says how they ended, and adds up; suites_end tells the sum. LOGS is where outputs go.
passed=0 failed=0

suite() {
    local log=$LOGS-${1//[^A-Za-z0-9.]/-}.log last
    "${@:2}" 2>&1 | tee "$log" | grep --line-buffered '^   round' >&2
    last=$(tail -n 1 "$log")
    [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] || { echo "$1: it did not end"; tail -n 20 "$log" >&2; failed=$((failed + 1)); return; }
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    echo "$1: $last"
    [ "${BASH_REMATCH[2]}" = 0 ] || grep ' FAIL ' "$log" | cut -c1-2000
}

suites_end() { echo "$passed passed, $failed failed"; }
