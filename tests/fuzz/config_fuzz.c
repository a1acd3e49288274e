#include "gateway/flow/gateway.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    SCOPED(config_free) Config *c = NULL;
    Rc rc = config_load(fuzz_file("gateway.yaml", data, size), &c, &err);
    HOLDS(rc == RC_OK || (rc == RC_FATAL && err.text[0] && !c));
    if (rc == RC_OK)
        HOLDS(c->listen && c->soap_deliver && c->contracts && c->answer_wait_ms && c->max_message_mb && c->http_threads && c->work_threads);
    return 0;
}
