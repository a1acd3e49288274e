#include "adapters/channels.h"
#include "adapters/fetch_http.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

typedef struct {
    const Smtp        *s;
    CURL              *curl;
    const atomic_bool *stopping;
    const char        *left;  size_t n;     /* of what is to be uploaded */
    char               said[CHANNEL_ANSWER];
} Mail;

static bool wanted(const NoticeSettings *s) { return s->mail != NULL; }

static const char *address(const Recipient *r, Arena *a)
{
    (void)a;
    return r->mail;
}

/* ---- the message (RFC 5322, 2045, 2047) ---- */

/* Whole characters of at most 45 bytes each become an encoded word; the next one stands on a line of its own. */
static void put_encoded(const char *text, Buffer *out)
{
    enum { MOST = 45 };
    for (size_t left = strlen(text), n; left; text += n, left -= n) {
        SCOPED(buffer_free) Buffer word = {0};
        for (n = left < MOST ? left : MOST; n < left && ((unsigned char)text[n] & 0xC0) == 0x80; n--)
            ;
        channel_base64(text, n, &word);
        buffer_print(out, "=?UTF-8?B?%.*s?=%s", (int)word.len - 2, word.at, left > n ? "\r\n " : "");
    }
}

static void put_date(Instant at, Buffer *out)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t t = (time_t)(at / 1000000);
    struct tm utc;
    gmtime_r(&t, &utc);
    buffer_print(out, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * utc.tm_wday, utc.tm_mday, months + 3 * utc.tm_mon, utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

static void put_recipients(const char *list, Buffer *out)
{
    buffer_text(out, "To: ");
    for (const char *s = list; *s;) {
        size_t n = strcspn(s, ",");
        buffer_print(out, "%.*s%s", (int)n, s, s[n] ? ",\r\n " : "\r\n");
        s += n + (s[n] == ',');
    }
}

static void write_mail(const Gateway *g, const Notice *n, Buffer *out)
{
    const Smtp *s = notice_settings(g)->mail;
    buffer_print(out, "From: %s\r\n", s->from);
    put_recipients(n->address, out);
    buffer_text(out, "Subject: ");
    put_encoded(n->subject, out);
    buffer_text(out, "\r\n");
    put_date(n->at, out);
    buffer_print(out, "Message-ID: <%s%s>\r\n", n->message_id, strchr(s->from, '@'));
    buffer_print(out, "X-NQS-Notice: %lld\r\nAuto-Submitted: auto-generated\r\nContent-Language: %s\r\n", (long long)n->number, n->lang);
    buffer_text(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    channel_base64(n->text, strlen(n->text), out);
}

/* ---- sending it (RFC 5321) ---- */

static void *mail_open(const Gateway *g, const atomic_bool *stopping)
{
    Mail *m = calloc(1, sizeof *m);
    curl_ready();
    if (!m || !(m->curl = curl_easy_init()))
        abort();
    m->s = notice_settings(g)->mail;
    m->stopping = stopping;
    return m;
}

static size_t on_read(char *to, size_t one, size_t n, void *self)
{
    Mail *m = self;
    n *= one;
    n = n < m->n ? n : m->n;
    memcpy(to, m->left, n);
    m->left += n;
    m->n -= n;
    return n;
}

/* Each line of the server; the last one is its answer. */
static size_t on_line(char *line, size_t one, size_t n, void *self)
{
    Mail *m = self;
    size_t end = n * one;
    while (end && isspace((unsigned char)line[end - 1]))
        end--;
    snprintf(m->said, sizeof m->said, "%.*s", (int)end, line);
    for (char *c = m->said; *c; c++)
        *c = isprint((unsigned char)*c) ? *c : '?';
    return n * one;
}

static int on_progress(void *self, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const Mail *m = self;
    (void)a, (void)b, (void)c, (void)d;
    return m->stopping && atomic_load(m->stopping);
}

static struct curl_slist *recipients(const char *list)
{
    struct curl_slist *all = NULL;
    for (const char *s = list; *s;) {
        char one[260];
        size_t n = strcspn(s, ",");
        snprintf(one, sizeof one, "%.*s", (int)n, s);
        if (!(all = curl_slist_append(all, one)))
            abort();
        s += n + (s[n] == ',');
    }
    return all;
}

static bool is_loopback(const char *url)
{
    char host[64];
    struct in_addr v4;
    const char *at = strstr(url, "://") + 3;
    size_t n = *at == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":/");
    if (n >= sizeof host)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)n, at);
    return strcmp(host, "[::1]") == 0 || strcasecmp(host, "localhost") == 0 || (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}

static void options_set(Mail *m, struct curl_slist *to)
{
    const Smtp *s = m->s;
    CURL *c = m->curl;
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, s->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(s->unencrypted || is_loopback(s->url) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1l);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)s->timeout_seconds);
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, s->from);
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1l);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(c, CURLOPT_READDATA, m);
    curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)m->n);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_line);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, m);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, m);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0l);
    if (s->ca_file)
        curl_easy_setopt(c, CURLOPT_CAINFO, s->ca_file);
}

static Rc log_in(Mail *m, Error *err)
{
    char secret[SECRET_SIZE];
    if (!m->s->user)
        return RC_OK;
    if (secret_read(m->s->password_file, secret, err))
        return err->rc = RC_RETRY;                   /* a fault of ours: mended, the mail goes */
    curl_easy_setopt(m->curl, CURLOPT_USERNAME, m->s->user);
    curl_easy_setopt(m->curl, CURLOPT_PASSWORD, secret);
    explicit_bzero(secret, sizeof secret);
    return RC_OK;
}

/* 5yz is for good (RFC 5321 §4.2.1), but for what is about us and not about this mail: 530 and 535, of credentials. */
static Rc judged(long status, CURLcode code, const Mail *m, Error *err)
{
    if (code == CURLE_OK)
        return RC_OK;
    bool refused = status >= 500 && status < 600 && status != 530 && status != 535 && code != CURLE_LOGIN_DENIED;
    return error_set(err, refused ? RC_REJECT : RC_RETRY, "%s%s%.300s", curl_easy_strerror(code), *m->said ? ": " : "", m->said);
}

static Rc mail_send(void *self, const Outgoing *n, char *answer, Error *err)
{
    Mail *m = self;
    long status = 0;
    m->left = n->bytes;
    m->n = n->n;
    m->said[0] = '\0';
    struct curl_slist *to = recipients(n->address);
    options_set(m, to);
    Rc rc = log_in(m, err);
    if (!rc) {
        CURLcode code = curl_easy_perform(m->curl);
        curl_easy_getinfo(m->curl, CURLINFO_RESPONSE_CODE, &status);
        rc = judged(status, code, m, err);
        snprintf(answer, CHANNEL_ANSWER, "%.*s", CHANNEL_ANSWER - 1, code ? err->text : m->said);
    }
    curl_easy_setopt(m->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(to);
    return rc;
}

static void mail_close(void *self)
{
    Mail *m = self;
    curl_easy_cleanup(m->curl);
    free(m);
}

const Channel mail_channel = { .name = "mail", .wanted = wanted, .address = address, .write = write_mail, .open = mail_open, .send = mail_send, .close = mail_close };
