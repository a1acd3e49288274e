#include "gateway/flow/analysis_print.h"
#include "gateway/law/almaty.h"
#include <inttypes.h>
#include <stdio.h>

static const char style[] =
    "@page{size:A4;margin:15mm}body{font:14px/1.45 system-ui,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;color:#1c2126;max-width:960px;margin:0 auto;padding:24px}"
    "h1{font-size:24px;line-height:1.25;margin:0 0 8px}h2{font-size:19px;margin:32px 0 8px;border-bottom:2px solid #1f5f8b;padding-bottom:4px}h3{font-size:15px;margin:20px 0 2px}"
    "p{margin:4px 0}.note{color:#555e66;font-size:12.5px}section section{break-inside:avoid}table{border-collapse:collapse;table-layout:fixed;width:100%;margin:6px 0}tr{break-inside:avoid}"
    "th,td{padding:3px 8px;text-align:left;vertical-align:middle;border-bottom:1px solid #dde2e6}th{font-weight:600;border-bottom-color:#8a949c}thead{display:table-header-group}"
    ".n{text-align:right;white-space:nowrap;width:14%;font-variant-numeric:tabular-nums}th.n{white-space:normal;vertical-align:bottom}.c{width:30%}th,td{box-sizing:border-box;overflow-wrap:break-word}.t .c{width:12%}.t .n{width:11%;padding:3px 3px}.t th{font-size:10px;overflow-wrap:normal}tfoot td{font-weight:600}svg.bar{display:block;width:100%;height:12px}"
    "svg.columns{display:block;width:100%;max-height:200px}svg line{stroke:#8a949c}svg text{font-size:13px;text-anchor:middle;fill:#1c2126}"
    ".p0{fill:#1f6fa3}.t .p0{fill:#2c7a4b}.t .p1{fill:#e3a008}.t .p2{fill:#b3261e}.t .p3{fill:#b8c0c7}.key span{display:inline-block;margin-right:18px}.key svg{width:12px;height:12px;margin-right:5px}"
    "rect,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}@media print{body{padding:0;max-width:none}}";

static void basis(const Print *p)
{
    Instant at = 0;
    bool zoned;
    char day[CIVIL_TEXT], minute[24], settlement[24];
    instant_read(p->n->known_at, &at, &zoned);
    int64_t wall = zone_wall(p->g->zone, at / 1000000);
    civil_text(almaty_day(p->g->zone, at), day);
    snprintf(minute, sizeof minute, "%02d:%02d", (int)(wall % 86400 / 3600), (int)(wall % 3600 / 60));
    snprintf(settlement, sizeof settlement, "%" PRId64, p->n->settlement);
    print_raw(p, "<p>");
    print_phrase(p, "analysis_basis", day, minute, p->n->settlement ? settlement : NULL);
    print_element(p, "</p><p class=\"note\">", "analysis_derived", NULL, "</p>");
    snprintf(minute, sizeof minute, "%d", GROUP_LEAST);
    print_element(p, "<p class=\"note\">", "analysis_anonymous", minute, "</p>");
}

static void head(const Print *p)
{
    char year[12];
    snprintf(year, sizeof year, "%d", p->n->year);
    buffer_print(p->to, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><meta name=\"viewport\" content=\"width=device-width\">", lang_name(p->lang));
    print_element(p, "<title>", "analysis_title", year, "</title><style>");
    print_raw(p, style);
    print_element(p, "</style></head>\n<body><header><h1>", "analysis_title", year, "</h1>");
    basis(p);
    print_raw(p, "</header><main>\n");
}

void analysis_page(const Gateway *g, const Analysis *n, Lang lang, Buffer *out)
{
    const Print p = { g, n, lang, out };
    head(&p);
    for (size_t c = 0; c < n->indicators->n_chapters; c++) {
        buffer_print(out, "<section id=\"%s\"><h2>", n->indicators->chapters[c].id);
        print_said(&p, print_in(&p, n->indicators->chapters[c].kk, n->indicators->chapters[c].ru));
        print_raw(&p, "</h2>\n");
        for (size_t i = 0; i < n->indicators->n; i++)
            if (n->figure[i].of->chapter == c)
                print_figure(&p, &n->figure[i]);
        print_raw(&p, "</section>\n");
    }
    print_timely(&p);
    print_raw(&p, "</main></body></html>\n");
}
