#include "gateway/app/law_files.h"
#include "gateway/app/law_question.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, LINE_MOST = 64 * 1024 };

typedef struct { const Counting *by; Arena *a; Buffer in, out; bool passing; } Lines;      /* passing: over what is left of a line that is too long */

static void lines_end(Lines *l)
{
    buffer_free(&l->in);
    buffer_free(&l->out);
    arena_free(&l->a);
}

static Rc out_flush(Lines *l, Error *err)
{
    for (size_t at = 0; at < l->out.len;) {
        ssize_t n = write(STDOUT_FILENO, l->out.at + at, l->out.len - at);
        if (n < 0 && errno != EINTR)
            return error_set(err, RC_FATAL, "standard output: %s", strerror(errno));
        at += n > 0 ? (size_t)n : 0;
    }
    buffer_clear(&l->out);
    return RC_OK;
}

static void line_answer(Lines *l, const char *line, size_t n)
{
    if (n <= LINE_MOST)
        question_answer(line, n, l->by, l->a, &l->out);
    else
        buffer_print(&l->out, "{\"error\":\"the line is longer than %d bytes\"}\n", LINE_MOST);
}

/* The begin of a line that goes on; of one that is too long nothing is kept. */
static void keep(Lines *l, const char *rest, size_t n)
{
    if (n > LINE_MOST && !l->passing)
        line_answer(l, rest, n);
    l->passing |= n > LINE_MOST;
    l->in.len = l->passing ? 0 : n;
    if (l->in.len)
        memmove(l->in.at, rest, n);
}

/* Answers every line that is whole; the last one may have no end. An explanation is large, so answers go out in between. */
static Rc take(Lines *l, bool last, Error *err)
{
    const char *at = l->in.at, *end = at + l->in.len;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop && !last)
            break;
        size_t n = (size_t)((stop ? stop : end) - at);
        if (!l->passing)
            line_answer(l, at, n);
        l->passing = false;
        at += n + (stop != NULL);
        if (l->out.len > 16 * PIECE && out_flush(l, err))
            return err->rc;
    }
    keep(l, at, (size_t)(end - at));
    return RC_OK;
}

/* What has come is answered before more is waited for, so that a program may ask line by line. */
static Rc answer_all(Lines *l, Error *err)
{
    for (;;) {
        ssize_t n = read(STDIN_FILENO, buffer_room(&l->in, PIECE), PIECE);
        if (n < 0 && errno != EINTR)
            return error_set(err, RC_FATAL, "standard input: %s", strerror(errno));
        buffer_used(&l->in, n > 0 ? (size_t)n : 0);
        if (take(l, n == 0, err) || out_flush(l, err))
            return err->rc;
        if (n == 0)
            return RC_OK;
    }
}

int cmd_law(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "due") != 0 && argv[1][0] != '-')
        return law_register(argc, argv);
    LawPaths paths = {0};
    const Option options[] = { LAW_OPTIONS(paths), { NULL, NULL, NULL } };
    SCOPED(law_close) LawFiles law = {0};
    SCOPED(lines_end) Lines lines = {0};
    Positions p;
    Error err = {0};
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (p.n != 1 || strcmp(p.at[0], "due") != 0) {
        fprintf(stderr, "nqs-gateway law: due, obligations, explain, approve or in-force; see nqs-gateway law --help\n");
        return EXIT_USAGE;
    }
    if (law_open(&paths, &law, &err))
        return app_complain(NULL, &err);
    Counting by = { law.calendar, law.zone, KNOWN_NOW };
    lines = (Lines){ .by = &by, .a = arena_new() };
    return answer_all(&lines, &err) ? app_complain(NULL, &err) : EXIT_OK;
}
