#include "gateway/flow/template.h"
#include "schemas/generate_template.h"
#include <string.h>

typedef struct { const Texts *words; Lang lang; } Speaker;

static void say(const void *self, const char *code, const char *const args[ERROR_ARGS], Buffer *out)
{
    const Speaker *s = self;
    texts_put(s->words, s->lang, code, args, ERROR_ARGS, out);
}

Rc template_write(const Feed *feed, const Texts *words, const char *lang, Format format, Buffer *out, Error *err)
{
    Speaker speaker = { words, LANG_KK };
    while (speaker.lang <= LANG_EN && strcmp(lang_name(speaker.lang), lang) != 0)
        speaker.lang++;
    if (speaker.lang > LANG_EN)
        return error_refuse(err, "bad_parameter", "lang", NULL, NULL);
    Template t = { feed, lang, say, &speaker };
    if (format == FORMAT_XLSX)
        return generate_template_xlsx(&t, out, err);
    if (format != FORMAT_CSV)
        return error_refuse(err, "unsupported_type", NULL, NULL, NULL);
    generate_template_csv(&t, out);
    return RC_OK;
}
