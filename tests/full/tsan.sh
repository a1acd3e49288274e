#!/bin/bash
# What runs beside one another, under ThreadSanitizer: the tests that load a whole gateway; docs/reliability.md keeps how they ended. A finding ends the gateway with an
# error, which each of them looks for. librdkafka is not built for it: what it does with memory and its locks by itself is passed over, what we do with its memory is not.
# No test with a clock of its own is here: libfaketime waits for conditions where ThreadSanitizer does not see it.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
. tests/lib/suites.sh
cmake --preset tsan >build/log/tsan-configure.log && cmake --build --preset tsan --target nqs-gateway >build/log/tsan-build.log || { cat build/log/tsan-build.log; exit 1; }
printf '%s\n' called_from_lib:librdkafka.so 'race:^mtx_*lock$' 'race:^cnd_*' >build/tsan/passed-over      # tests/lib/c11_threads.c
export NQS_BUILD=$PWD/build/tsan NQS_BIN=$PWD/build/tsan/nqs-gateway TSAN_OPTIONS="exitcode=66 history_size=4 suppressions=$PWD/build/tsan/passed-over"
LOGS=build/log/full-tsan

{
    for name in ${1:-kafka/deliveries kafka/publish kafka/survive publish/publish flow/rules flow/survive folder/folder fetch/fetch rest/rest clients/clients metrics/metrics}; do
        suite "$name" "tests/$name.test.sh"
    done
    suites_end
} | keep docs/reliability.md tsan "Threads: ThreadSanitizer under load"
