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

static bool is_short(const char *s) { return s[0] == '-' && s[1] >= 'a' && s[1] <= 'z' && !s[2]; }

static const Option *option_find(const Option *options, const char *name, size_t n)
{
    for (const Option *o = options; o->name; o++)
        if (strncmp(o->name, name, n) == 0 && o->name[n] == '\0')
            return o;
    return NULL;
}

static const Option *option_by_letter(const Option *options, char letter)
{
    const Option *found = NULL;
    for (const Option *o = options; o->name; o++) {
        if (o->name[0] != letter)
            continue;
        if (found)
            return NULL;
        found = o;
    }
    return found;
}

/* Returns how many arguments were used: 1 or 2; 0: wrong. */
static int option_take(char **argv, int left, const Option *options, const char *command)
{
    bool brief = is_short(argv[0]);
    const char *name = argv[0] + (brief ? 1 : 2), *equals = strchr(name, '=');
    const Option *o = brief ? option_by_letter(options, *name) : option_find(options, name, equals ? (size_t)(equals - name) : strlen(name));
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
        if (is_short(argv[i]) || (strncmp(argv[i], "--", 2) == 0 && argv[i][2])) {
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
