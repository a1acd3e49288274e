#include "gateway/model/indicator.h"

const char *const when_names[] = { [WHEN_STANDING] = "standing", [WHEN_REPORTED] = "reported", [WHEN_DATED] = "dated", NULL };
const char *const test_names[] = { [TEST_NONE] = "none", [TEST_PRESENT] = "present", [TEST_PAST] = "past", NULL };
