/* Identification numbers: facts.md §6. */
#include "transforms/convert_kinds.h"

enum { NUMBER_LENGTH = 12, CONTROL = 11, UNUSED_CONTROL = 10 };

static int control(const char *digits, unsigned first_weight)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < CONTROL; i++)
        sum += (unsigned)(digits[i] - '0') * ((first_weight - 1 + i) % CONTROL + 1);
    return (int)(sum % CONTROL);
}

bool iin_or_bin_valid(const char *digits)
{
    if (strnlen(digits, NUMBER_LENGTH + 1) != NUMBER_LENGTH || !all_digits(digits, NUMBER_LENGTH))
        return false;
    int digit = control(digits, 1);
    if (digit == UNUSED_CONTROL)
        digit = control(digits, 3);
    return digit == digits[CONTROL] - '0';
}

/* The place where an IIN has the tens of a day (0–3) tells the kind of a legal entity. */
static bool entity_kind(const char *digits)
{
    return digits[4] >= '4' && digits[4] <= '6';
}

/* Twelve zeros agree with their control digit, but are a blank someone filled in. */
static bool blank_number(const char *digits)
{
    return !strcmp(digits, "000000000000");
}

static bool iin_valid(const char *digits) { return iin_or_bin_valid(digits) && !blank_number(digits); }
static bool bin_valid(const char *digits) { return iin_or_bin_valid(digits) && entity_kind(digits); }

Rc convert_iin(CONVERT_ARGS)
{
    return iin_valid(in) ? CONVERT_KEEP() : convert_refuse(f, "bad_iin", in, err);
}

Rc convert_bin(CONVERT_ARGS)
{
    return bin_valid(in) ? CONVERT_KEEP() : convert_refuse(f, "bad_bin", in, err);
}

Rc convert_iin_or_bin(CONVERT_ARGS)
{
    if (iin_valid(in))
        return CONVERT_KEEP();
    return convert_refuse(f, len == NUMBER_LENGTH && entity_kind(in) ? "bad_bin" : "bad_iin", in, err);
}
