#include "adapters/rest_inside.h"
#include <string.h>
#include <strings.h>

static Rc known(Exchange *x, Rc rc)
{
    if (!rc)
        exchange_known(x);
    return rc;
}

Rc rest_sender(Exchange *x, Desk *d, Sender *out, Error *err)
{
    const char *authorization = exchange_header(x, "Authorization");
    if (authorization) {
        if (strncasecmp(authorization, "Bearer ", 7)) {
            error_refuse(err, "unauthorised", NULL, NULL, NULL);
            door_refused(d, NULL, "rest", err);
            return err->rc;
        }
        const char *token = authorization + 7;
        return known(x, sender_by_token(d, token + strspn(token, " "), out, err));
    }
    const char *pem = exchange_certificate(x);
    if (pem)
        return known(x, sender_by_certificate(d, pem, out, err));
    *out = (Sender){0};
    return RC_OK;
}
