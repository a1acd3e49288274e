/* Codes of state classifiers: facts.md §3 and §5. */
#include "transforms/convert_kinds.h"
#include "transforms/look_alike.h"

static const char *const regions[] = {
    "10", "11", "15", "19", "23", "27", "31", "33", "35", "39", "43", "47", "55", "59", "61", "62", "63", "71", "75", "79",
};

static bool region_known(const char *code)
{
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        if (!memcmp(regions[i], code, 2))
            return true;
    return false;
}

Rc convert_kato(CONVERT_ARGS)
{
    if (len != 9 || !all_digits(in, 9) || !region_known(in))
        return convert_refuse(f, "bad_kato", in, err);
    return CONVERT_KEEP();
}

/* What follows the main group: "", 1, 11, 110, 110-9. */
static bool nkz_rest(const char *s, size_t len)
{
    return len <= 3 ? all_digits(s, len) : len == 5 && all_digits(s, 3) && s[3] == '-' && is_digit(s[4]);
}

Rc convert_nkz(CONVERT_ARGS)
{
    static const char other[] = "\u0425";
    bool cyrillic = len >= 2 && !memcmp(in, other, 2);
    size_t head = cyrillic ? 2 : 1;
    if (len < head || !nkz_rest(in + head, len - head))
        return convert_refuse(f, "bad_nkz", in, err);
    if (*in == 'X') {
        const char *text = arena_printf(a, "%s%s", other, in + 1);
        return CONVERT_GIVE(text, len + 1, "normalised_nkz");
    }
    return cyrillic || (*in >= '1' && *in <= '9') ? CONVERT_KEEP() : convert_refuse(f, "bad_nkz", in, err);
}

static bool oked_digits(const char *s, char to[5])
{
    static const char form[] = "dd.dd.d";
    size_t n = 0;
    for (const char *p = form; *p; p++) {
        if (*p == '.')
            s += *s == '.';
        else if (is_digit(*s))
            to[n++] = *s++;
        else
            return false;
    }
    return !*s;
}

Rc convert_oked(CONVERT_ARGS)
{
    char digits[5];
    const char *s = in;
    if (*s >= 'A' && *s <= 'U') {
        s++;
        s += *s == ' ' || *s == '.';
    }
    if (!oked_digits(s, digits))
        return convert_refuse(f, "bad_oked", in, err);
    return len == 5 ? CONVERT_KEEP() : CONVERT_GIVE(arena_text(a, digits, 5), 5, NULL);
}

static bool programme_code(const char *s, size_t len)
{
    if ((len != 7 && len != 9) || *s < '6' || *s > '8' || !strchr("BDM", s[1]) || !all_digits(s + 2, len - 2))
        return false;
    return len == 7 || !memcmp(s + 4, "088", 3);
}

Rc convert_programme_code(CONVERT_ARGS)
{
    if (programme_code(in, len))
        return CONVERT_KEEP();
    size_t n;
    const char *latin = look_alike_latin(in, len, a, &n);
    if (!latin || !programme_code(latin, n))
        return convert_refuse(f, "bad_programme_code", in, err);
    return CONVERT_GIVE(latin, n, "normalised_homoglyph");
}

Rc convert_code(CONVERT_ARGS)
{
    size_t n;
    const char *latin = look_alike_latin(in, len, a, &n);
    return latin ? CONVERT_GIVE(latin, n, "normalised_homoglyph") : CONVERT_KEEP();
}
