#include "gateway/flow/sink.h"
#include "gateway/base/text.h"
#include "gateway/flow/gateway.h"
#include "persistence/sign.h"
#include <stdio.h>
#include <string.h>

static const SinkKind *const none[] = { NULL };
static const SinkKind *const *registered = none;

void sinks_register(const SinkKind *const *kinds) { registered = kinds; }

const SinkKind *sink_kind(unsigned i)
{
    for (unsigned k = 0; k < i; k++)
        if (!registered[k])
            return NULL;
    return i < SINKS_MOST ? registered[i] : NULL;
}

void sink_sign(const Gateway *g, const void *in, size_t n, char base64[SIGN_TEXT])
{
    unsigned char signature[SIGNATURE_SIZE];
    vault_sign(g->vault, in, n, signature);
    base64_text(signature, sizeof signature, base64);
}

/* SubjectPublicKeyInfo of an Ed25519 key (RFC 8410) is twelve bytes, then the key. */
void sink_public_key(const Gateway *g, char pem[PUBLIC_KEY_TEXT])
{
    unsigned char info[12 + KEY_SIZE] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
    char text[64];
    vault_public_key(g->vault, info + 12);
    snprintf(pem, PUBLIC_KEY_TEXT, "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n", base64_text(info, sizeof info, text));
}

void sink_hmac(const char *secret, const Buffer *in, char hex[HEX_TEXT])
{
    unsigned char mac[HMAC_SIZE];
    hmac_sha256(secret, strlen(secret), in->at, in->len, mac);
    hex_text(mac, sizeof mac, hex);
}
