#include "gateway/model/indicator.h"

const char *const when_names[] = { [WHEN_STANDING] = "standing", [WHEN_REPORTED] = "reported", [WHEN_DATED] = "dated", NULL };
