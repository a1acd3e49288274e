#include "adapters/http_decode.h"
#include "gateway/base/buffer.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <stdlib.h>
#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

enum { PLAIN = 9 << 20, LIMIT = 16 << 20 };

static char *plain_new(void)
{
    char *s = malloc(PLAIN);
    unsigned v = 1;
    for (size_t i = 0; i < PLAIN; i++)
        s[i] = (char)('a' + ((v = v * 1103515245 + 12345) >> 16) % (i & 4096 ? 3 : 26));
    return s;
}

static Rc gather(void *self, const char *bytes, size_t n, Error *err)
{
    (void)err;
    buffer_add(self, bytes, n);
    return RC_OK;
}

static void gzip_add(Buffer *out, const char *in, size_t n)
{
    z_stream z = { .next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)n };
    deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    size_t room = deflateBound(&z, n);
    z.next_out = (Bytef *)buffer_room(out, room);
    z.avail_out = (uInt)room;
    deflate(&z, Z_FINISH);
    buffer_used(out, z.total_out);
    deflateEnd(&z);
}

static void zstd_add(Buffer *out, const char *in, size_t n, int window)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window);
    ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0);
    ZSTD_inBuffer i = { in, n, 0 };
    size_t room = ZSTD_compressBound(n);
    ZSTD_outBuffer o = { buffer_room(out, room), room, 0 };
    while (i.pos < i.size)
        ZSTD_compressStream2(c, &o, &i, ZSTD_e_continue);
    while (ZSTD_compressStream2(c, &o, &i, ZSTD_e_end))
        continue;
    buffer_used(out, o.pos);
    ZSTD_freeCCtx(c);
}

static Rc decode(Coding coding, const Buffer *in, size_t step, Buffer *out, Error *err)
{
    SCOPED(decoder_free) Decoder *d = decoder_new(coding, LIMIT);
    for (size_t at = 0; at < in->len; at += step)
        if (decoder_feed(d, in->at + at, in->len - at < step ? in->len - at : step, gather, out, err))
            return err->rc;
    return decoder_end(d, err);
}

static void expect_same(Coding coding, const Buffer *in, const char *plain, size_t n)
{
    static const size_t steps[] = { 65536, 16384, 4099, 1 << 30 };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        Error err;
        SCOPED(buffer_free) Buffer out = {0};
        assert_int_equal(decode(coding, in, steps[i], &out, &err), RC_OK);
        assert_int_equal(out.len, n);
        assert_memory_equal(out.at, plain, n);
    }
}

static void encodings_are_known_by_name(void **state)
{
    (void)state;
    assert_int_equal(coding_read(NULL), CODING_NONE);
    assert_int_equal(coding_read("identity"), CODING_NONE);
    assert_int_equal(coding_read("GZIP"), CODING_GZIP);
    assert_int_equal(coding_read("x-gzip"), CODING_GZIP);
    assert_int_equal(coding_read("zstd"), CODING_ZSTD);
    assert_int_equal(coding_read("deflate"), CODING_UNKNOWN);
    assert_int_equal(coding_read("gzip, zstd"), CODING_UNKNOWN);
}

static void several_members_or_frames_make_one_text(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer gzip = {0};
    SCOPED(buffer_free) Buffer zstd = {0};
    char *plain = plain_new();
    for (size_t at = 0; at < PLAIN; at += 3 << 20) {
        gzip_add(&gzip, plain + at, 3 << 20);
        zstd_add(&zstd, plain + at, 3 << 20, 21);
    }
    expect_same(CODING_GZIP, &gzip, plain, PLAIN);
    expect_same(CODING_ZSTD, &zstd, plain, PLAIN);
    free(plain);
}

static void a_window_over_eight_megabytes_is_refused(void **state)
{
    (void)state;
    Error err;
    SCOPED(buffer_free) Buffer fits = {0};
    SCOPED(buffer_free) Buffer over = {0};
    SCOPED(buffer_free) Buffer out = {0};
    char *plain = plain_new();
    zstd_add(&fits, plain, PLAIN, 23);
    zstd_add(&over, plain, PLAIN, 24);
    expect_same(CODING_ZSTD, &fits, plain, PLAIN);
    assert_int_equal(decode(CODING_ZSTD, &over, 65536, &out, &err), RC_REJECT);
    assert_string_equal(err.code, "bad_coding");
    assert_int_equal(out.len, 0);
    free(plain);
}

static void what_ends_early_or_never_begins_is_torn(void **state)
{
    (void)state;
    Error err;
    SCOPED(buffer_free) Buffer zstd = {0};
    SCOPED(buffer_free) Buffer none = {0};
    SCOPED(buffer_free) Buffer out = {0};
    zstd_add(&zstd, "<delivery/>", 11, 20);
    zstd.len -= 2;
    assert_int_equal(decode(CODING_ZSTD, &zstd, 100, &out, &err), RC_REJECT);
    assert_string_equal(err.code, "torn");
    assert_int_equal(decode(CODING_GZIP, &none, 100, &out, &err), RC_REJECT);
    assert_string_equal(err.code, "torn");
}

static void frames_that_hold_nothing_are_passed_over(void **state)
{
    (void)state;
    static const char skippable[] = "\x5e\x2a\x4d\x18\x03\0\0\0abc";
    Error err;
    for (size_t step = 1; step < 12; step++) {
        SCOPED(buffer_free) Buffer zstd = {0};
        SCOPED(buffer_free) Buffer out = {0};
        buffer_add(&zstd, skippable, sizeof skippable - 1);
        zstd_add(&zstd, "<deli", 5, 20);
        buffer_add(&zstd, skippable, sizeof skippable - 1);
        zstd_add(&zstd, "very/>", 6, 20);
        assert_int_equal(decode(CODING_ZSTD, &zstd, step, &out, &err), RC_OK);
        assert_string_equal(buffer_string(&out), "<delivery/>");
    }
}

static void forms_from_before_the_standard_are_refused(void **state)
{
    (void)state;
    static const char old[][9] = { "\x1e\xb5\x2f\xfd\x04\xfe\x48\x25", "\x25\xb5\x2f\xfd\x04\xfe\x48\x25", "\x27\xb5\x2f\xfd\x04\xfe\x48\x25", "\x60\x2a\x4d\x18\x00\x00\x00\x00" };
    Error err;
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        for (size_t step = 1; step < 9; step++) {
            SCOPED(buffer_free) Buffer zstd = {0};
            SCOPED(buffer_free) Buffer out = {0};
            zstd_add(&zstd, "<a/>", 4, 20);
            buffer_add(&zstd, old[i], 8);
            assert_int_equal(decode(CODING_ZSTD, &zstd, step, &out, &err), RC_REJECT);
            assert_string_equal(err.code, "bad_coding");
        }
}

static void a_frame_that_is_not_as_long_as_it_says_is_refused(void **state)
{
    (void)state;
    static const char none[] = "\x28\xb5\x2f\xfd\x50\x2a\x4d\x18\x01\0\0";      /* 6,477 bytes, it says; its only block is empty */
    const Buffer zstd = { .at = (char *)(uintptr_t)none, .len = sizeof none - 1 };
    Error err;
    for (size_t step = 1; step < sizeof none; step++) {
        SCOPED(buffer_free) Buffer out = {0};
        assert_int_equal(decode(CODING_ZSTD, &zstd, step, &out, &err), RC_REJECT);
        assert_string_equal(err.code, "bad_coding");
    }
}

static void all_decoders_together_have_a_ceiling(void **state)
{
    enum { MANY = 8 };
    (void)state;
    Error err;
    Decoder *d[MANY];
    SCOPED(buffer_free) Buffer zstd = {0};
    SCOPED(buffer_free) Buffer out = {0};
    char *plain = plain_new();
    zstd_add(&zstd, plain, PLAIN, 23);
    int refused = 0;
    for (int i = 0; i < MANY; i++) {
        d[i] = decoder_new(CODING_ZSTD, LIMIT);
        buffer_clear(&out);
        Rc rc = decoder_feed(d[i], zstd.at, 65536, gather, &out, &err);
        if (rc) {
            assert_int_equal(rc, RC_RETRY);
            assert_string_equal(err.code, "too_many");
            refused++;
        }
    }
    assert_in_range(refused, 4, MANY - 1);
    for (int i = 0; i < MANY; i++)
        decoder_free(&d[i]);
    buffer_clear(&out);
    assert_int_equal(decode(CODING_ZSTD, &zstd, 65536, &out, &err), RC_OK);
    free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_are_known_by_name),
        cmocka_unit_test(several_members_or_frames_make_one_text),
        cmocka_unit_test(a_window_over_eight_megabytes_is_refused),
        cmocka_unit_test(what_ends_early_or_never_begins_is_torn),
        cmocka_unit_test(frames_that_hold_nothing_are_passed_over),
        cmocka_unit_test(forms_from_before_the_standard_are_refused),
        cmocka_unit_test(a_frame_that_is_not_as_long_as_it_says_is_refused),
        cmocka_unit_test(all_decoders_together_have_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
