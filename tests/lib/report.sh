# Runs tests and steps, one line each with the time since the start; full output under build/log/. To be sourced by bash.
RUNNING= TAIL=40
LOGS=build/log
COUNTS=$LOGS/counts      # "passed failed skipped" of every test, a line each: tests beside one another add to it
mkdir -p "$LOGS"

say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }

log_of() { echo "$LOGS/${1//\//-}.log"; }

# logged NAME TIMEOUT COMMAND…: its output to the log of NAME; returns its status, 124 when it ran out of time.
logged() {
    local log status
    log=$(log_of "$1")
    timeout -k 10 "$2" "${@:3}" >"$log" 2>&1 </dev/null 9>&- &
    RUNNING=$!
    wait "$RUNNING"
    status=$?
    RUNNING=
    [ $status != 124 ] || echo "ran out of time: $2 s" >>"$log"
    return $status
}

show_tail() { sed 's/^/        | /' "$(log_of "$1")" | tail -n "$TAIL"; }

# step NAME TIMEOUT COMMAND…: what must work before tests can run. Returns its status.
step() {
    local from=$SECONDS
    if logged "$@"; then
        say "ok    $1 ($((SECONDS - from)) s)"
    else
        say "FAIL  $1: $(log_of "$1")"
        show_tail "$1"
        return 1
    fi
}

# The counts "passed failed skipped" of a log, by what wrote it.
count_cmocka() {
    awk '/^\[  PASSED  \] [0-9]+ test/ { p += $4 } /^\[  FAILED  \] [0-9]+ test/ { f += $4 } /^\[  SKIPPED \] [0-9]+ test/ { s += $4 }
         END { print p + 0, f + 0, s + 0 }' "$1"
}

count_script() {
    tail -n 1 "$1" | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 0\4/p'
}

count_command() { echo 1 0 0; }

# run_test NAME TIMEOUT FORM COMMAND…: FORM says how to count (cmocka, script; command: it is one test). A command that fails though no test of
# its did, or that ran no test, is one failure. Returns 1 when something failed.
run_test() {
    local from=$SECONDS name=$1 status=0 passed=0 failed=0 skipped=0
    logged "$name" "$2" "${@:4}" || status=$?
    read -r passed failed skipped < <("count_$3" "$(log_of "$name")")
    passed=${passed:-0} failed=${failed:-0} skipped=$((10#${skipped:-0}))
    if [ "$failed" = 0 ] && { [ $status != 0 ] || [ $((passed + skipped)) = 0 ]; }; then
        failed=1
        [ "$3" != command ] || passed=0
    fi
    echo "$passed $failed $skipped" >>"$COUNTS"
    if [ "$failed" = 0 ]; then
        say "ok    $name: $passed ($((SECONDS - from)) s)"
    else
        echo "$(say "FAIL  $name: $failed of $((passed + failed)), status $status: $(log_of "$name")"; show_tail "$name")"
    fi
    [ "$failed" = 0 ]
}

# beside LANES COMMAND…: starts the command in the background; waits first while so many are at work.
beside() {
    while [ "$(jobs -rp | wc -l)" -ge "$1" ]; do wait -n; done
    (
        trap '[ -z "$RUNNING" ] || kill "$RUNNING"' EXIT
        trap 'exit 143' TERM
        "${@:2}"
    ) &
}

# The last line, alone, and the exit code.
finish() {
    local passed failed skipped
    read -r passed failed skipped < <(awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }' "$COUNTS")
    say "done"
    echo "$passed passed, $failed failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
    [ "$failed" = 0 ] && [ "$passed" != 0 ]
    exit
}

give_up() {
    echo 0 1 0 >>"$COUNTS"
    finish
}
