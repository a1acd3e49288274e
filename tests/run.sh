#!/bin/bash
# Installs what is missing, builds, and runs the tests. See usage below.
cd "$(dirname "$0")/.." || exit 1

usage() {
    cat <<'END'
tests/run.sh                  Installs what is missing, builds with sanitizers (gcc) and once more with clang, runs every kind of test.
tests/run.sh --only PATTERN   Only tests whose name matches the extended regular expression, and only what they need is built.
                              Names: house/includes  build/debug  build/clang  unit/arena_test  flow/…_test  FOLDER/NAME (tests/FOLDER/NAME.test.sh)
tests/run.sh --full KIND      Release build, then tests/full/KIND.sh, whose results go to docs/. Up to an hour each; one that was stopped goes on where it was.
tests/run.sh --list           The names of all tests.      --no-install   Installs no Debian packages.      --help   This text.

A test is a program tests/{unit,flow,fault}/NAME_test.c (cmocka; those of flow and fault find an empty database at $NQS_TEST_DSN), a script
tests/house/NAME.sh, or an executable tests/FOLDER/NAME.test.sh. A script ends with a line "N passed, N failed", finds the build in $NQS_BUILD, the gateway
at $NQS_BIN, Python tools in $VENV/bin, Node modules at $NODE_PATH, and starts a PostgreSQL of its own by tests/lib/postgres.sh. All run in
this folder. Scripts run beside one another, $NQS_LANES at a time (one more than there are processors). Full output is kept in build/log/. The last
line says how many tests passed and failed.
END
    echo "Kinds for --full: $(find tests/full -name '*.sh' 2>/dev/null | sed 's|.*/||; s|\.sh$||' | sort | tr '\n' ' ')"
}

ONLY= KIND= INSTALL=yes LIST=
while [ $# -gt 0 ]; do
    case $1 in
        --only) ONLY=${2:?--only needs a pattern}; shift ;;
        --full) KIND=${2:?--full needs a kind}; shift ;;
        --list) LIST=yes ;;
        --no-install) INSTALL= ;;
        --help | -h) usage; exit ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

. tests/lib/report.sh
. tests/lib/tools.sh
. tests/lib/postgres.sh

JOBS=${NQS_JOBS:-$(nproc)} LANES=${NQS_LANES:-$(($(nproc) + 1))}
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1} LC_ALL=C.UTF-8 TZ=UTC

use_build() { export NQS_BUILD="$PWD/build/$1" NQS_BIN="$PWD/build/$1/nqs-gateway"; }

leave() {
    local pids
    pids="$RUNNING $(jobs -rp)"
    # shellcheck disable=SC2086   # a list of words
    [ -z "${pids// /}" ] || kill $pids 2>/dev/null
    wait
    postgres_stop
}

wanted() { [ -z "$ONLY" ] || [[ $1 =~ $ONLY ]]; }

names_of() {    # house | programs | scripts: the wanted ones
    local file name
    case $1 in
        house) set -- tests/house/*.sh ;;
        programs) set -- tests/unit/*_test.c tests/flow/*_test.c tests/fault/*_test.c ;;
        scripts) set -- tests/*/*.test.sh ;;
    esac
    for file; do
        [ -f "$file" ] || continue
        name=${file#tests/}
        name=${name%.c}
        name=${name%.sh}
        name=${name%.test}
        ! wanted "$name" || echo "$name"
    done
}

install_tools() {
    if [ -n "$INSTALL" ]; then
        step packages 900 deploy/packages.sh || give_up
    fi
    [[ -n $SCRIPTS || " $HOUSE " == *house/contracts* || -n $KIND ]] || return 0
    step python 600 bash -c '. tests/lib/tools.sh; tools_python' || give_up
    step node 300 bash -c '. tests/lib/tools.sh; tools_node' || give_up
}

run_house() {
    local name
    for name in $HOUSE; do
        run_test "$name" 300 script "tests/$name.sh"
    done
}

build_debug() {
    local targets=
    [ -n "$PROGRAMS$SCRIPTS" ] || wanted build/debug || return 0
    step configure 120 cmake --fresh --preset debug || give_up
    [ -n "$SCRIPTS" ] || wanted build/debug || targets=$(echo "$PROGRAMS" | sed 's|.*/||')
    # shellcheck disable=SC2086   # a list of words
    run_test build/debug 1200 command ninja --quiet -C build/debug -j "$JOBS" $targets || finish
}

build_clang() {
    wanted build/clang || return 0
    step configure-clang 120 cmake --fresh --preset clang || give_up
    run_test build/clang 1200 command ninja --quiet -C build/clang -j "$JOBS"
}

# A program that CMake does not know, or knows and nobody finds, must not pass unseen.
run_programs() {
    local known name
    known=$(cd build/debug && ctest -N | sed -n 's/^ *Test *#[0-9]*: //p')
    for name in $PROGRAMS; do
        case $name in flow/* | fault/*) [ -n "${NQS_TEST_DSN:-}" ] || { postgres_start off || { echo 0 1 0 >>"$COUNTS"; return; }; trap leave EXIT; }; postgres_reset ;; esac
        if echo "$known" | grep -qx "${name#*/}"; then
            run_test "$name" 900 cmocka "build/debug/${name#*/}"
        else
            run_test "$name" 10 command sh -c "echo 'ctest does not know it: cmake was not asked again'; exit 1"
        fi
    done
    postgres_stop
    unset NQS_TEST_DSN
}

# Programs one after another, scripts beside them: each has its own PostgreSQL, folders and ports, and waits more than it works.
run_beside() {
    local name
    [ -z "$PROGRAMS" ] || beside "$LANES" run_programs
    for name in $SCRIPTS; do
        beside "$LANES" run_test "$name" 900 script "tests/$name.test.sh"
    done
    wait
}

run_full() {
    local log
    [ -f "tests/full/$KIND.sh" ] || { usage >&2; exit 2; }
    SCRIPTS=full
    install_tools
    step configure 120 cmake --fresh --preset release || give_up
    step build 1800 ninja --quiet -C build/release -j "$JOBS" || give_up
    use_build release
    log=$(log_of "full/$KIND")
    "tests/full/$KIND.sh" 2>&1 | tee "$log"
    run_test "full/$KIND-result" 60 script sh -c "cat '$log'; exit ${PIPESTATUS[0]}"
    finish
}

HOUSE=$(names_of house) PROGRAMS=$(names_of programs) SCRIPTS=$(names_of scripts)
if [ -n "$LIST" ]; then
    printf '%s\n' $HOUSE build/debug build/clang $PROGRAMS $SCRIPTS
    exit
fi
exec 9>build/.lock
flock -n 9 || { echo "another tests/run.sh is at work in build/"; exit 1; }
: >"$COUNTS"
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
say "$(date -u +%Y-%m-%dT%H:%MZ) commit $(git rev-parse --short HEAD 2>/dev/null || echo none), $JOBS jobs, $LANES lanes"
[ -z "$KIND" ] || run_full
use_build debug
install_tools
run_house
build_debug
build_clang
run_beside
finish
