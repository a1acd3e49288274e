#include "gateway/model/party.h"
#include <string.h>

const char *const role_names[] = {
    "authorised-body", "national-body", "administrator", "sector-body", "education-authority", "higher-education-authority",
    "national-chamber", "regional-chamber", "accreditation-body", "recognition-centre", "personal-reader", NULL
};

bool role_known(const char *role)
{
    for (const char *const *r = role_names; *r; r++)
        if (strcmp(*r, role) == 0)
            return true;
    return false;
}

bool sender_has_role(const Sender *s, const char *role)
{
    for (size_t i = 0; i < s->n_roles; i++)
        if (strcmp(s->role[i], role) == 0)
            return true;
    return false;
}
