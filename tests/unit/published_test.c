#include "gateway/base/buffer.h"
#include "gateway/base/text.h"
#include "persistence/sign.h"
#include "persistence/vault.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void becomes(const char *from, const char *to)
{
    SCOPED(buffer_free) Buffer b = {0};
    Json j = { .to = &b };
    json_open(&j, '[');
    json_text(&j, "before");
    json_ordered(&j, from, strlen(from));
    json_text(&j, "behind");
    json_close(&j, ']');
    SCOPED(buffer_free) Buffer wanted = {0};
    buffer_print(&wanted, "[\"before\",%s,\"behind\"]", to);
    assert_string_equal(buffer_string(&b), buffer_string(&wanted));
}

static void members_stand_in_the_order_of_their_names(void **state)
{
    (void)state;
    becomes("{\"to\": 1, \"b\": 2, \"ab\": {\"z\": null, \"a\": true}, \"a\": [ {\"y\": 1, \"x\": 2} , 3 ]}", "{\"a\":[{\"x\":2,\"y\":1},3],\"ab\":{\"a\":true,\"z\":null},\"b\":2,\"to\":1}");
    becomes("{\"a_b\": 1, \"a\": 2, \"aa\": 3}", "{\"a\":2,\"a_b\":1,\"aa\":3}");
}

static void nothing_stands_between_tokens(void **state)
{
    (void)state;
    becomes(" { } ", "{}");
    becomes("[ ]", "[]");
    becomes("[ [ ] , { } , \"\" ]", "[[],{},\"\"]");
    becomes(" 12.5 ", "12.5");
    becomes("\"a\"", "\"a\"");
    becomes("{\n\t\"a\" :\r\n false }", "{\"a\":false}");
}

static void strings_stay_as_they_are(void **state)
{
    (void)state;
    becomes("{\"b\": \"} ] , : \\\" \\\\\", \"a\": \"\\u0001 ә \\\\\\\"\"}", "{\"a\":\"\\u0001 ә \\\\\\\"\",\"b\":\"} ] , : \\\" \\\\\"}");
    becomes("[\"\\\\\", {\"b\":\"]\",\"a\":\"{\"}]", "[\"\\\\\",{\"a\":\"{\",\"b\":\"]\"}]");
}

/* RFC 8032, 7.1, TEST 2; RFC 4231, test case 2; RFC 4648, 10. */
static void signatures_are_those_of_the_standards(void **state)
{
    (void)state;
    unsigned char key[SIGN_KEY_SIZE] = { 0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f,
                                         0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb };
    unsigned char out[SIGNATURE_SIZE];
    char hex[2 * SIGNATURE_SIZE + 1], base64[16];
    ed25519_public(key, out);
    assert_string_equal(hex_text(out, SIGN_KEY_SIZE, hex), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    ed25519_sign(key, "\x72", 1, out);
    assert_string_equal(hex_text(out, SIGNATURE_SIZE, hex), "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, out);
    assert_string_equal(hex_text(out, HMAC_SIZE, hex), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_string_equal(base64_text("fooba", 5, base64), "Zm9vYmE=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_stand_in_the_order_of_their_names), cmocka_unit_test(nothing_stands_between_tokens), cmocka_unit_test(strings_stay_as_they_are),
        cmocka_unit_test(signatures_are_those_of_the_standards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
