#include "persistence/vault.h"
#include "gateway/base/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/nqs-vault.XXXXXX", path[64];
static const char master[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

static void write_key(const char *text, mode_t mode)
{
    unlink(path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
}

static Vault *opened(void)
{
    Vault *v = NULL;
    Error err = {0};
    write_key(master, 0600);
    assert_int_equal(vault_open(path, &v, &err), RC_OK);
    return v;
}

static const char *hex(const void *bytes, size_t n)
{
    static char text[3 * 64];
    return hex_text(bytes, n, text);
}

static void a_key_file_is_made_once_and_for_its_owner_only(void **state)
{
    (void)state;
    Error err = {0};
    struct stat st;
    Vault *v = NULL;
    unlink(path);
    assert_int_equal(vault_make_key_file(path, &err), RC_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(vault_open(path, &v, &err), RC_OK);
    vault_free(&v);
    assert_null(v);
    assert_int_equal(vault_make_key_file(path, &err), RC_REJECT);
}

static void a_key_file_that_is_wrong_stops_the_start(void **state)
{
    (void)state;
    static const struct { const char *text; mode_t mode; } wrong[] = {
        { master, 0640 }, { master, 0604 }, { master, 0660 }, { "", 0600 }, { "00010203", 0600 },
        { "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00", 0600 },
        { "g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0600 },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Vault *v = NULL;
        Error err = {0};
        write_key(wrong[i].text, wrong[i].mode);
        if (vault_open(path, &v, &err) != RC_FATAL)
            fail_msg("case %zu", i);
        assert_null(v);
        assert_null(strstr(err.text, "0102030405"));
    }
    Vault *v = NULL;
    Error err = {0};
    unlink(path);
    assert_int_equal(vault_open(path, &v, &err), RC_FATAL);
}

static void what_is_sealed_opens_with_its_key_in_its_place_only(void **state)
{
    (void)state;
    unsigned char key[KEY_SIZE] = { 1 }, wrong[KEY_SIZE] = { 2 }, sealed[5 + SEAL_OVERHEAD], plain[64];
    size_t n = 0;
    Error err = {0};
    seal(key, "place", "hello", 5, sealed);
    assert_int_equal(unseal(key, "place", sealed, sizeof sealed, plain, &n, &err), RC_OK);
    assert_int_equal(n, 5);
    assert_memory_equal(plain, "hello", 5);
    assert_int_equal(unseal(wrong, "place", sealed, sizeof sealed, plain, &n, &err), RC_FATAL);
    assert_int_equal(unseal(key, "another place", sealed, sizeof sealed, plain, &n, &err), RC_FATAL);
    for (size_t i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 1;
        assert_int_equal(unseal(key, "place", sealed, sizeof sealed, plain, &n, &err), RC_FATAL);
        sealed[i] ^= 1;
    }
    for (size_t len = 0; len < sizeof sealed; len++)
        assert_int_equal(unseal(key, "place", sealed, len, plain, &n, &err), RC_FATAL);
}

static void nothing_can_be_sealed_too(void **state)
{
    (void)state;
    unsigned char key[KEY_SIZE] = { 1 }, sealed[SEAL_OVERHEAD], plain[1];
    size_t n = 9;
    Error err = {0};
    seal(key, "place", "", 0, sealed);
    assert_int_equal(unseal(key, "place", sealed, sizeof sealed, plain, &n, &err), RC_OK);
    assert_int_equal(n, 0);
}

static void a_wrapped_key_comes_back_from_its_own_vault_only(void **state)
{
    (void)state;
    Vault *v = opened(), *other = NULL;
    Error err = {0};
    unsigned char key[KEY_SIZE], wrapped[WRAPPED_SIZE], back[KEY_SIZE];
    random_bytes(key, sizeof key);
    vault_wrap(v, "raw key x 2026-11-01", key, wrapped);
    assert_int_equal(vault_unwrap(v, "raw key x 2026-11-01", wrapped, sizeof wrapped, back, &err), RC_OK);
    assert_memory_equal(back, key, sizeof key);
    assert_int_equal(vault_unwrap(v, "raw key x 2026-12-01", wrapped, sizeof wrapped, back, &err), RC_FATAL);
    assert_int_equal(vault_unwrap(v, "raw key x 2026-11-01", wrapped, sizeof wrapped - 1, back, &err), RC_FATAL);
    assert_int_equal(vault_unwrap(v, "raw key x 2026-11-01", wrapped, 0, back, &err), RC_FATAL);
    write_key("ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0600);
    assert_int_equal(vault_open(path, &other, &err), RC_OK);
    assert_int_equal(vault_unwrap(other, "raw key x 2026-11-01", wrapped, sizeof wrapped, back, &err), RC_FATAL);
    vault_free(&other);
    vault_free(&v);
}

static void a_lookup_is_the_same_tomorrow_and_apart_by_space(void **state)
{
    (void)state;
    unsigned char a[HASH_SIZE], b[HASH_SIZE];
    Vault *v = opened();
    vault_lookup(v, "iin", "391205500128", 12, a);
    vault_free(&v);
    v = opened();
    vault_lookup(v, "iin", "391205500128", 12, b);
    assert_memory_equal(a, b, HASH_SIZE);
    vault_lookup(v, "row", "391205500128", 12, b);
    assert_memory_not_equal(a, b, HASH_SIZE);
    vault_lookup(v, "ii", "n391205500128", 13, b);
    assert_memory_not_equal(a, b, HASH_SIZE);
    sha256("391205500128", 12, b);
    assert_memory_not_equal(a, b, HASH_SIZE);
    vault_free(&v);
}

/* FIPS 180-2, appendix B.1. */
static void sha_256_is_sha_256(void **state)
{
    (void)state;
    unsigned char out[HASH_SIZE], peeked[HASH_SIZE];
    static const char wanted[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    sha256("abc", 3, out);
    assert_string_equal(hex(out, sizeof out), wanted);
    Hasher *h = hasher_new(NULL);
    hasher_begin(h);
    hasher_add(h, "a", 1);
    hasher_peek(h, peeked);
    hasher_add(h, "bc", 2);
    hasher_end(h, out);
    assert_string_equal(hex(out, sizeof out), wanted);
    sha256("a", 1, out);
    assert_memory_equal(peeked, out, sizeof out);
    hasher_begin(h);
    hasher_add(h, "abc", 3);
    hasher_end(h, out);
    assert_string_equal(hex(out, sizeof out), wanted);
    hasher_free(&h);
    assert_null(h);
}

static void a_row_hash_of_personal_rows_is_keyed(void **state)
{
    (void)state;
    Vault *v = opened();
    unsigned char plain[HASH_SIZE], keyed[HASH_SIZE], again[HASH_SIZE], lookup[HASH_SIZE];
    sha256("row", 3, plain);
    vault_lookup(v, "row", "row", 3, lookup);
    Hasher *h = hasher_new(v);
    for (int i = 0; i < 2; i++) {
        hasher_begin(h);
        hasher_add(h, "ro", 2);
        hasher_add(h, "w", 1);
        hasher_end(h, i ? again : keyed);
    }
    assert_memory_equal(keyed, again, HASH_SIZE);
    assert_memory_not_equal(keyed, plain, HASH_SIZE);
    assert_memory_not_equal(keyed, lookup, HASH_SIZE);
    hasher_free(&h);
    vault_free(&v);
}

static void a_password_hash_depends_on_password_and_salt(void **state)
{
    (void)state;
    unsigned char salt[SALT_SIZE] = { 7 }, other[SALT_SIZE] = { 8 }, a[HASH_SIZE], b[HASH_SIZE];
    password_hash("correct horse", salt, a);
    password_hash("correct horse", salt, b);
    assert_true(same_bytes(a, b, HASH_SIZE));
    password_hash("correct horse", other, b);
    assert_false(same_bytes(a, b, HASH_SIZE));
    password_hash("correct horsf", salt, b);
    assert_false(same_bytes(a, b, HASH_SIZE));
}

static void ids_are_uuids_of_version_7_that_rise_with_time(void **state)
{
    (void)state;
    char first[37], next[37];
    random_uuid(first);
    assert_int_equal(strlen(first), 36);
    assert_int_equal(first[14], '7');
    assert_non_null(strchr("89ab", first[19]));
    usleep(3000);
    random_uuid(next);
    assert_true(strcmp(first, next) < 0);
    assert_memory_not_equal(first + 24, next + 24, 12);
}

static void bytes_are_compared_whole(void **state)
{
    (void)state;
    assert_true(same_bytes("abc", "abc", 3));
    assert_false(same_bytes("abc", "abd", 3));
    assert_false(same_bytes("xbc", "abc", 3));
    assert_string_equal(hex("\x00\xff\x0a", 3), "00ff0a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_file_is_made_once_and_for_its_owner_only),
        cmocka_unit_test(a_key_file_that_is_wrong_stops_the_start),
        cmocka_unit_test(what_is_sealed_opens_with_its_key_in_its_place_only),
        cmocka_unit_test(nothing_can_be_sealed_too),
        cmocka_unit_test(a_wrapped_key_comes_back_from_its_own_vault_only),
        cmocka_unit_test(a_lookup_is_the_same_tomorrow_and_apart_by_space),
        cmocka_unit_test(sha_256_is_sha_256),
        cmocka_unit_test(a_row_hash_of_personal_rows_is_keyed),
        cmocka_unit_test(a_password_hash_depends_on_password_and_salt),
        cmocka_unit_test(ids_are_uuids_of_version_7_that_rise_with_time),
        cmocka_unit_test(bytes_are_compared_whole),
    };
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/key", folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    rmdir(folder);
    return failed;
}
