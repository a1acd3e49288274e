/* A party: a legal entity known by its BIN. A sender: the party behind one call, recognised by a credential, with the roles it has now. */
#pragma once
#include "gateway/base/clock.h"
#include <stdbool.h>
#include <stddef.h>

enum { BIN_SIZE = 13, SENDER_ROLES = 16, ROLE_SIZE = 32 };

typedef struct {
    int    party;                              /* 0: nobody (anonymous) */
    char   bin[BIN_SIZE];
    char   role[SENDER_ROLES][ROLE_SIZE];      /* valid today */
    size_t n_roles;
    char   by[24];                             /* how it was recognised: token, password, certificate, cli */
    int    credential, credential_version;     /* the one it came with; 0: none */
    long long access;                          /* number of the state of all access when it was recognised */
} Sender;

bool sender_has_role(const Sender *s, const char *role);
bool role_known(const char *role);             /* one of architecture.md §2, or personal-reader */
extern const char *const role_names[];         /* ends with NULL */
