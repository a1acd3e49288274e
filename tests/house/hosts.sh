#!/bin/sh
# No file of ours names a package registry's host, or points a URL at a machine that is not this one. Names of XML namespaces and hosts that
# cannot exist (RFC 2606: example, test, invalid) are no addresses. What a fuzzer made (named by its hash) is no text of ours.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/verdict.sh
registries='pypi[.]org|pythonhosted[.]|npmjs[.]|crates[.]io|docker[.]io|deb[.]debian|debian[.]org/debian|proxy[.]golang|maven[.]org|rubygems[.]org|ghcr[.]io'
namespaces='www[.]w3[.]org|schemas[.]openxmlformats[.]org|purl[.]oclc[.]org|schemas[.]xmlsoap[.]org|docs[.]oasis-open[.]org|json-schema[.]org|bip[.]bee[.]kz|gbdulinfobybin_v2[.]egp[.]gbdul[.]tamur[.]kz'
papers='www[.]apache[.]org|www[.]rfc-editor[.]org|adilet[.]zan[.]kz|bitol-io[.]github[.]io'
here='localhost|127[.][0-9.]+|\[::1\]|host|\$[{(A-Za-z_].*|\{.*|%s.*|<.*|\.\.\.|…'
unreal='([a-z0-9_-]+[.])*(example|test|invalid|localhost)([.](com|org|net|kz))?'
files=$(git ls-files -co --exclude-standard 2>/dev/null | sort -u | grep -Ev '^tests/fuzz/corpus/.*/[0-9a-f]{40}$' | while read -r f; do [ -f "$f" ] && grep -Iq . "$f" && echo "$f"; done)
[ -n "$files" ] || files=$(find . -path ./build -prune -o -path ./.git -prune -o -type f -print | sed 's|^\./||')
{
    echo "$files" | tr '\n' '\0' | xargs -0 grep -HnoEi "$registries" | sed 's/$/ is the host of a package registry/'
    echo "$files" | tr '\n' '\0' | xargs -0 grep -HnoE 'https?://[^]/"'"'"' <>)}`,;?#\\]+\]?' |
        awk -v ok="^($namespaces|$papers|$here|$unreal)(:.*)?\$" '
            { url = $0; sub(/^.*https?:\/\//, "", url); sub(/[.]$/, "", url); sub(/^[^@]*@/, "", url) }
            url !~ ok { print $0 " is the address of another machine" }'
} | verdict "$(echo "$files" | wc -l)"
