#include "persistence/certificate.h"
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <string.h>

static void x509_end(X509 **c) { X509_free(*c); }
static void bio_end(BIO **b) { BIO_free(*b); }

static bool bin_in(X509_NAME *subject, int nid, char bin[13])
{
    for (int i = -1; (i = X509_NAME_get_index_by_NID(subject, nid, i)) >= 0;) {
        const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i));
        const char *text = (const char *)ASN1_STRING_get0_data(value);
        if (ASN1_STRING_length(value) != 15 || memcmp(text, "BIN", 3) != 0)
            continue;
        memcpy(bin, text + 3, 12);
        bin[12] = '\0';
        if (strspn(bin, "0123456789") == 12)
            return true;
    }
    return false;
}

Rc certificate_bin(const char *pem, char bin[13], Error *err)
{
    SCOPED(bio_end) BIO *bio = BIO_new_mem_buf(pem, -1);
    SCOPED(x509_end) X509 *c = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    if (!c)
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    bool in_force = X509_cmp_current_time(X509_get0_notBefore(c)) < 0 && X509_cmp_current_time(X509_get0_notAfter(c)) > 0;
    X509_NAME *subject = X509_get_subject_name(c);
    if (!in_force || !(bin_in(subject, NID_organizationalUnitName, bin) || bin_in(subject, NID_serialNumber, bin)))
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    return RC_OK;
}
