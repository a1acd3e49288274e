#include "gateway/flow/config_notices.h"
#include "gateway/flow/config_pull.h"
#include "gateway/flow/notices.h"
#include "gateway/law/timetable.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(type, key, flags) CYAML_FIELD_STRING_PTR(#key, flags, type, key, 1, 4096)
#define SWITCH(type, key) CYAML_FIELD_BOOL(#key, CYAML_FLAG_OPTIONAL, type, key)

static const cyaml_schema_field_t smtp_fields[] = {
    TEXT(Smtp, url, CYAML_FLAG_POINTER), TEXT(Smtp, from, CYAML_FLAG_POINTER), TEXT(Smtp, user, OPTIONAL), TEXT(Smtp, password_file, OPTIONAL), TEXT(Smtp, ca_file, OPTIONAL),
    CYAML_FIELD_UINT("timeout_seconds", CYAML_FLAG_OPTIONAL, Smtp, timeout_seconds), SWITCH(Smtp, unencrypted),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t days_schema = { CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, unsigned) };
static const cyaml_schema_value_t address_schema = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 254) };
const cyaml_schema_field_t notices_fields[] = {
    TEXT(NoticeSettings, at, OPTIONAL),
    CYAML_FIELD_SEQUENCE("days_before", OPTIONAL, NoticeSettings, days_before, &days_schema, 0, NOTICE_TERMS),
    CYAML_FIELD_SEQUENCE("officers", OPTIONAL, NoticeSettings, officers, &address_schema, 0, 100),
    TEXT(NoticeSettings, officers_lang, OPTIONAL), CYAML_FIELD_UINT("give_up_days", CYAML_FLAG_OPTIONAL, NoticeSettings, give_up_days),
    CYAML_FIELD_MAPPING_PTR("mail", OPTIONAL, NoticeSettings, mail, smtp_fields), SWITCH(NoticeSettings, kafka), SWITCH(NoticeSettings, webhook),
    CYAML_FIELD_END
};

static const struct { const char *key, *fallback, *help; } manual[] = {
#define KEY(key, fallback, help) { key, fallback, help }
    KEY("notices", "", "parties and officers are told of duties, once a day; how:"),
    KEY("notices.at", "09:00", "when, in Almaty"),
    KEY("notices.days_before", "[5, 1]", "how many working days before a duty is due its debtor is reminded"),
    KEY("notices.officers", "", "list of the officers' mail addresses: they are told everything, and they alone what is provisional"),
    KEY("notices.officers_lang", "ru", "kk, ru or en"),
    KEY("notices.give_up_days", "7", "what no transport took for so long is given up"),
    KEY("notices.mail", "", "by mail, to the addresses of `party set BIN --mail`; how:"),
    KEY("notices.mail.url", "", "the mail server: smtp://HOST:587 (STARTTLS) or smtps://HOST:465"),
    KEY("notices.mail.from", "", "address of the sender"),
    KEY("notices.mail.user", "", "name at the mail server; left out: it wants none"),
    KEY("notices.mail.password_file", "", "file of mode 0600 or stricter whose first line is the password"),
    KEY("notices.mail.ca_file", "", "certificates of authorities that may vouch for the mail server; left out: the system's"),
    KEY("notices.mail.timeout_seconds", "30", "for one mail, whole"),
    KEY("notices.mail.unencrypted", "false", "true: also to a server without TLS; on loopback that needs no leave"),
    KEY("notices.kafka", "false", "true: to the topics nqs.out.BIN.duties, by the broker of the block kafka"),
    KEY("notices.webhook", "false", "true: to the addresses of `party webhook BIN URL`"),
#undef KEY
};

void notices_help(Buffer *out)
{
    for (size_t i = 0; i < sizeof manual / sizeof *manual; i++)
        config_line(out, manual[i].key, manual[i].fallback, manual[i].help);
}

static void text_fill(char **at, const char *fallback)
{
    if (!*at && !(*at = strdup(fallback)))
        abort();
}

enum { GIVE_UP_DAYS = 7, TIMEOUT_SECONDS = 30, DAYS_MOST = 60 };

void notices_fill(Config *c)
{
    static const unsigned usual[] = { 5, 1 };
    NoticeSettings *s = c->notices;
    if (!s)
        return;
    text_fill(&s->at, "09:00");
    text_fill(&s->officers_lang, "ru");
    s->give_up_days = s->give_up_days ? s->give_up_days : GIVE_UP_DAYS;
    if (!s->days_before) {
        if (!(s->days_before = malloc(sizeof usual)))
            abort();
        memcpy(s->days_before, usual, sizeof usual);
        s->days_before_count = sizeof usual / sizeof *usual;
    }
    if (s->mail && !s->mail->timeout_seconds)
        s->mail->timeout_seconds = TIMEOUT_SECONDS;
}

int notices_minute(const NoticeSettings *s)
{
    char text[64];
    Timetable t;
    Error err;
    snprintf(text, sizeof text, "every day at %.8s", s->at);
    return timetable_read(text, &t, &err) ? -1 : t.minute;
}

static const char *wrong_mail(const Smtp *m)
{
    if (strncmp(m->url, "smtp://", 7) != 0 && strncmp(m->url, "smtps://", 8) != 0)
        return "mail.url is neither smtp:// nor smtps://";
    if (!mail_addresses(m->from) || strchr(m->from, ','))
        return "mail.from is no address";
    return !m->user != !m->password_file ? "mail.user and mail.password_file go together" : NULL;
}

Rc notices_check(const Config *c, Error *err)
{
    const NoticeSettings *s = c->notices;
    if (!s)
        return RC_OK;
    bool lang = strcmp(s->officers_lang, "kk") == 0 || strcmp(s->officers_lang, "ru") == 0 || strcmp(s->officers_lang, "en") == 0;
    const char *wrong = notices_minute(s) < 0 ? "at is a time such as 09:00" : !lang ? "officers_lang is kk, ru or en" : s->kafka && !c->kafka ? "kafka: true needs the block kafka"
                        : !s->mail && !s->kafka && !s->webhook ? "none of mail, kafka and webhook is set: nobody would be told" : s->officers_count && !s->mail ? "officers are told by mail: set mail"
                        : s->mail ? wrong_mail(s->mail) : NULL;
    for (unsigned i = 0; i < s->days_before_count && !wrong; i++)
        wrong = s->days_before[i] < 1 || s->days_before[i] > DAYS_MOST ? "days_before are between 1 and 60" : NULL;
    for (unsigned i = 0; i < s->officers_count && !wrong; i++)
        wrong = mail_addresses(s->officers[i]) && !strchr(s->officers[i], ',') ? NULL : "one of officers is no mail address";
    return wrong ? error_set(err, RC_FATAL, "gateway.yaml: notices: %s", wrong) : RC_OK;
}
