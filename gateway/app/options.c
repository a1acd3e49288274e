#include "gateway/app/command.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void help(const Command *c)
{
    printf("nqs-gateway %s: %s\n\nusage: nqs-gateway %s %s\n", c->name, c->summary, c->name, c->usage);
}

static bool wrong(const char *command, const char *what, const char *which)
{
    fprintf(stderr, "nqs-gateway %s: %s%s; see nqs-gateway %s --help\n", command, what, which, command);
    return false;
}

static const Option *option_find(const Option *options, const char *name, size_t n)
{
    for (const Option *o = options; o->name; o++)
        if (strncmp(o->name, name, n) == 0 && o->name[n] == '\0')
            return o;
    return NULL;
}

/* Returns how many arguments were used: 1 or 2; 0: wrong. */
static int option_take(char **argv, int left, const Option *options, const char *command)
{
    const char *name = argv[0] + 2, *equals = strchr(name, '=');
    const Option *o = option_find(options, name, equals ? (size_t)(equals - name) : strlen(name));
    if (!o)
        return wrong(command, "no such option: ", argv[0]);
    if (o->flag) {
        *o->flag = true;
        return 1;
    }
    if (equals) {
        *o->value = equals + 1;
        return 1;
    }
    if (left < 2)
        return wrong(command, "a value is missing after ", argv[0]);
    *o->value = argv[1];
    return 2;
}

bool options_read(int argc, char **argv, const Option *options, Positions *out)
{
    *out = (Positions){0};
    for (int i = 1; i < argc;) {
        if (strcmp(argv[i], "--help") == 0) {
            help(command_find(argv[0]));
            exit(EXIT_OK);
        }
        if (strncmp(argv[i], "--", 2) == 0 && argv[i][2]) {
            int used = option_take(argv + i, argc - i, options, argv[0]);
            if (!used)
                return false;
            i += used;
        } else if (out->n == POSITIONS) {
            return wrong(argv[0], "too many arguments: ", argv[i]);
        } else {
            out->at[out->n++] = argv[i++];
        }
    }
    return true;
}
