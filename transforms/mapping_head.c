/* What stands at the head of a mapping: its feed, formats, binding, period, layout, and which source records go together. */
#include "gateway/model/format.h"
#include "transforms/mapping_inside.h"
#include <string.h>

bool tables_format(Format f) { return f == FORMAT_CSV || f == FORMAT_XLSX; }

static int family(Format f) { return f == FORMAT_XML ? 0 : tables_format(f) ? 1 : 2; }

static Rc feed_take(Draft *d)
{
    Mapping *m = d->m;
    m->feed = feeds_find(d->feeds, m->y->feed);
    if (!m->feed)
        return draft_fault(d, "feed", "there is no feed '%s'", m->y->feed);
    if (m->y->kind && !(kind_read(m->y->kind) & m->feed->kinds))
        return draft_fault(d, "kind", "'%s' is no kind of delivery of %s", m->y->kind, m->feed->code);
    return RC_OK;
}

/* "csv xlsx": several, of one family. */
static Rc formats_take(Draft *d)
{
    Mapping *m = d->m;
    for (const char *at = m->y->format + strspn(m->y->format, " "); *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        Format f;
        if (!format_by_name(arena_text(m->arena, at, len), &f) || f == FORMAT_KAFKA || mapping_reads(m, f))
            return draft_fault(d, "format", "'%s': write xml, json, ndjson, json-seq, csv or xlsx, each once", m->y->format);
        m->format[m->n_formats++] = f;
        at += len;
        if (family(f) != family(m->format[0]))
            return draft_fault(d, "format", "'%s': one mapping reads XML, or JSON in its forms, or tables", m->y->format);
    }
    return m->n_formats ? RC_OK : draft_fault(d, "format", "it says nothing");
}

static Rc bind_judge(Draft *d)
{
    const YamlBind *b = d->m->y->bind;
    if (!b)
        return RC_OK;
    if (!b->n_party && !b->role && !b->n_service && !b->n_root && !b->file)
        return draft_fault(d, "bind", "it says nothing; without bind a mapping is used only by its name");
    if (b->role && !role_known(b->role))
        return draft_fault(d, "bind.role", "'%s' is not a role", b->role);
    if (b->n_root && d->m->format[0] != FORMAT_XML)
        return draft_fault(d, "bind.root", "only XML has a root");
    for (unsigned i = 0; i < b->n_party; i++)
        if (strlen(b->party[i]) != 12 || strspn(b->party[i], "0123456789") != 12)
            return draft_fault(d, "bind.party", "'%s' is not a BIN; write its twelve digits in quotes", b->party[i]);
    return RC_OK;
}

/* ---- period ---- */

static Rc file_period_judge(Draft *d, const YamlPeriod *p)
{
    static const struct { PeriodForm form; const char *needs[3]; } forms[] = {
        { PERIOD_MONTH, { "{yyyy}", "{mm}", NULL } }, { PERIOD_QUARTER, { "{yyyy}", "{q}", "{mm}" } }, { PERIOD_HALF_YEAR, { "{yyyy}", "{h}", "{mm}" } },
        { PERIOD_YEAR, { "{yyyy}", NULL, NULL } }, { PERIOD_DAY, { "{yyyy}", "{mm}", "{dd}" } },
    };
    if (!p->file)
        return draft_fault(d, "period", "from: file wants a pattern in file, such as \"*_{yyyy}-{mm}.csv\"");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (forms[i].form != d->m->feed->period)
            continue;
        bool day = forms[i].form == PERIOD_DAY;
        bool year = strstr(p->file, forms[i].needs[0]), second = !forms[i].needs[1] || strstr(p->file, forms[i].needs[1]);
        bool third = forms[i].needs[2] && strstr(p->file, forms[i].needs[2]);
        if (!year || !(day ? second && third : second || third))
            return draft_fault(d, "period.file", "'%s': a %s wants {yyyy}%s%s%s", p->file, period_form_name(forms[i].form), forms[i].needs[1] ? " and " : "",
                               forms[i].needs[1] ? forms[i].needs[1] : "", day ? " and {dd}" : "");
    }
    return RC_OK;
}

static Rc period_judge(Draft *d)
{
    const YamlPeriod *p = d->m->y->period;
    if (!p)
        return RC_OK;
    if ((p->value != NULL) == (p->from != PERIOD_SAID))
        return draft_fault(d, "period", "write value, or from");
    if (p->value && !period_valid(d->m->feed->period, p->value))
        return draft_fault(d, "period.value", "'%s' is not a period of %s; write it like %s", p->value, d->m->feed->code, period_form_sample(d->m->feed->period));
    if (p->file && p->from != PERIOD_OF_FILE)
        return draft_fault(d, "period.file", "it belongs to from: file");
    if (p->take == TAKE_PREVIOUS && p->value)
        return draft_fault(d, "period.take", "it does not belong to a value");
    return p->from == PERIOD_OF_FILE ? file_period_judge(d, p) : RC_OK;
}

/* ---- layout ---- */

static Rc records_judge(Draft *d)
{
    LayoutPath path;
    Error why;
    const Format first = d->m->format[0];
    bool xml = first == FORMAT_XML, lines = mapping_reads(d->m, FORMAT_NDJSON), wants = !lines || d->m->n_formats > 1;
    if (!d->m->layout.records)
        return !wants ? RC_OK : draft_fault(d, "layout", xml ? "XML wants records: the elements from the root to one record, as in List/Item"
                                                              : "JSON wants records: the way to one record, as in data.items[], or [] where the document is a list");
    if (lines)
        return draft_fault(d, "layout.records", "in NDJSON every line is a record");
    if (layout_path(&d->m->layout, first, d->m->arena, &path, &why))
        return draft_fault(d, "layout.records", "'%s': %s", d->m->layout.records, why.text);
    return RC_OK;
}

static Rc layout_take(Draft *d)
{
    static const YamlLayout none;
    Mapping *m = d->m;
    const YamlLayout *y = m->y->layout ? m->y->layout : &none;
    bool table = tables_format(m->format[0]);
    if (table && y->records)
        return draft_fault(d, "layout.records", "in tables every row is a record");
    if (!table && (y->charset || y->separator || y->sheet || y->heading_row))
        return draft_fault(d, "layout", "charset, separator, sheet and heading_row are of tables");
    if (y->separator && strlen(y->separator) != 1 && strcmp(y->separator, "tab") != 0)
        return draft_fault(d, "layout.separator", "'%s': write one sign, or tab", y->separator);
    m->layout = (Layout){ y->records, y->charset, y->separator ? y->separator[1] ? '\t' : *y->separator : '\0', y->sheet, y->heading_row };
    return table ? RC_OK : records_judge(d);
}

static Rc group_take(Draft *d)
{
    Mapping *m = d->m;
    if (m->y->n_group && m->y->n_each)
        return draft_fault(d, "group", "records are put together or taken apart, not both");
    m->group = arena_alloc(m->arena, m->y->n_group * sizeof *m->group);
    for (; m->n_group < m->y->n_group; m->n_group++) {
        const char *place = arena_printf(m->arena, "group[%zu]", m->n_group + 1);
        Path *p = &m->group[m->n_group];
        if (draft_path(d, m->y->group[m->n_group], place, NULL, p))
            return d->err->rc;
        if (p->many || p->number)
            return draft_fault(d, place, "'%s' does not lead to one value", p->text);
    }
    return RC_OK;
}

Rc draft_head(Draft *d)
{
    Mapping *m = d->m;
    if (feed_take(d) || formats_take(d) || bind_judge(d) || period_judge(d) || layout_take(d) || group_take(d))
        return d->err->rc;
    return draft_conditions(d, m->y->skip, m->y->n_skip, "skip", NULL, false, &m->skip);
}
