#include "persistence/pack.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char id[] = "01a20932-c3d9-7da6-a052-8e30fd87ba0a", other[] = "01a20932-c3d9-7da6-a052-8e30fd87ba0b";
static unsigned char key[KEY_SIZE];

static void comes_back(const void *bytes, size_t n)
{
    SCOPED(buffer_free) Buffer packed = {0}, plain = {0};
    Error err = {0};
    part_pack(key, id, 3, bytes, n, &packed);
    assert_int_equal(part_unpack(key, id, 3, packed.at, packed.len, &plain, &err), RC_OK);
    assert_int_equal(plain.len, n);
    if (n)
        assert_memory_equal(plain.at, bytes, n);
}

static void what_is_packed_comes_back(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = {0};
    for (size_t i = 0; i < PART_SIZE; i++)
        buffer_char(&b, (char)(rand() % 64));
    comes_back("", 0);
    comes_back("x", 1);
    comes_back(b.at, 1000);
    comes_back(b.at, PART_SIZE);
    memset(b.at, 0, b.len);
    comes_back(b.at, PART_SIZE);
}

static void unpacking_appends(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer packed = {0}, plain = {0};
    Error err = {0};
    buffer_text(&plain, "before ");
    part_pack(key, id, 0, "after", 5, &packed);
    assert_int_equal(part_unpack(key, id, 0, packed.at, packed.len, &plain, &err), RC_OK);
    assert_string_equal(buffer_string(&plain), "before after");
}

static void the_same_bytes_look_different_each_time(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer a = {0}, b = {0};
    part_pack(key, id, 0, "the same", 8, &a);
    part_pack(key, id, 0, "the same", 8, &b);
    assert_int_equal(a.len, b.len);
    assert_memory_not_equal(a.at, b.at, a.len);
    assert_null(memmem(a.at, a.len, "the same", 8));
}

static void refused(const unsigned char k[KEY_SIZE], const char *envelope, int no, const char *at, size_t n)
{
    SCOPED(buffer_free) Buffer plain = {0};
    Error err = {0};
    assert_int_equal(part_unpack(k, envelope, no, at, n, &plain, &err), RC_FATAL);
    assert_int_equal(plain.len, 0);
    assert_string_not_equal(err.text, "");
}

static void a_part_is_good_in_its_own_place_only(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer packed = {0};
    unsigned char wrong[KEY_SIZE];
    part_pack(key, id, 3, "twelve bytes", 12, &packed);
    memcpy(wrong, key, sizeof wrong);
    wrong[31] ^= 1;
    refused(wrong, id, 3, packed.at, packed.len);
    refused(key, other, 3, packed.at, packed.len);
    refused(key, id, 4, packed.at, packed.len);
}

static void a_changed_or_torn_part_is_found_out(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer packed = {0};
    part_pack(key, id, 3, "twelve bytes", 12, &packed);
    for (size_t i = 0; i < packed.len; i++) {
        packed.at[i] ^= 0x40;
        refused(key, id, 3, packed.at, packed.len);
        packed.at[i] ^= 0x40;
    }
    for (size_t n = 0; n < packed.len; n++)
        refused(key, id, 3, packed.at, n);
}

static void squeezing_is_small_and_has_a_ceiling(void **state)
{
    (void)state;
    static char zeros[1 << 20];
    SCOPED(buffer_free) Buffer small = {0}, plain = {0};
    Error err = {0};
    squeeze(zeros, sizeof zeros, &small);
    assert_true(small.len < 1000);
    assert_int_equal(unsqueeze(small.at, small.len, sizeof zeros - 1, &plain, &err), RC_FATAL);
    assert_int_equal(unsqueeze(small.at, small.len, sizeof zeros, &plain, &err), RC_OK);
    assert_int_equal(plain.len, sizeof zeros);
    assert_int_equal(unsqueeze("nonsense", 8, 100, &plain, &err), RC_FATAL);
    assert_int_equal(unsqueeze(small.at, small.len - 1, sizeof zeros, &plain, &err), RC_FATAL);
}

static void *pack_many(void *seed)
{
    char text[64];
    for (int i = 0; i < 300; i++) {
        memset(text, *(int *)seed + i, sizeof text);
        comes_back(text, sizeof text);
    }
    return NULL;
}

/* More threads than there are compressors. */
static void threads_share_the_compressors(void **state)
{
    (void)state;
    pthread_t thread[12];
    int seed[12];
    for (int i = 0; i < 12; i++) {
        seed[i] = i;
        assert_int_equal(pthread_create(&thread[i], NULL, pack_many, &seed[i]), 0);
    }
    for (int i = 0; i < 12; i++)
        pthread_join(thread[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_back),
        cmocka_unit_test(unpacking_appends),
        cmocka_unit_test(the_same_bytes_look_different_each_time),
        cmocka_unit_test(a_part_is_good_in_its_own_place_only),
        cmocka_unit_test(a_changed_or_torn_part_is_found_out),
        cmocka_unit_test(squeezing_is_small_and_has_a_ceiling),
        cmocka_unit_test(threads_share_the_compressors),
    };
    random_bytes(key, sizeof key);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
