# verdict TOTAL: passes on findings ("file: text", one a line) and ends with the line every test script ends with: a file with a finding has
# failed, the others of TOTAL have passed. To be the last command of a script, its status being the script's.
verdict() {
    awk -F: -v total="$1" '
        { print }
        !($1 in bad) { bad[$1]; failed++ }
        END { printf "%d passed, %d failed\n", total - failed, failed; exit failed > 0 }'
}
