# The part of deploy/demo.sh that is about duties: who owes what by when, one of them explained, and a notice that a mail server took. Sourced.

mail_running() { [ -f "$dir/mail.pid" ] && kill -0 "$(cat "$dir/mail.pid")" 2>/dev/null; }

# A mail server of its own, which prints what it takes. Before the gateway is started: its settings are written then.
mail_prepare() {
    if ! mail_running; then
        for mail_port in $(seq 2525 2625); do port_free "$mail_port" && break; done
        echo "$mail_port" >"$dir/mail.port"
        "$venv/bin/python" -u -m aiosmtpd -n -l "127.0.0.1:$mail_port" -c aiosmtpd.handlers.Debugging stdout >>"$logs/mails.log" 2>&1 </dev/null &
        echo $! >"$dir/mail.pid"
    fi
    export NQS_SETTINGS="${NQS_SETTINGS:-}
notices: {at: \"23:59\", days_before: [25], officers: [officer@example.kz], officers_lang: $lang, mail: {url: \"smtp://127.0.0.1:$(cat "$dir/mail.port")\", from: nqs@example.kz}}"
}

mail_stop() { if mail_running; then kill "$(cat "$dir/mail.pid")"; fi; rm -f "$dir/mail.pid"; }

duties_of() { "$NQS_BIN" duties --party "$debtor" --limit 1000 --json | jq -r "$1"; }

# The debtor's reading is approved, so that it is told; whatever else is only proposed goes to officers.
duties_prepare() {
    debtor=$(request_of accredited-centres bin)
    "$NQS_BIN" party set "$debtor" --lang "$lang" --mail office@example.kz
    "$NQS_BIN" law approve 7-4-accredited-centres --reading 1 --by demo.sh --ground "fictional" 2>/dev/null || true
    local until=$((SECONDS + 60))
    while [ -z "$(duties_of '[.duties[] | select(.feed == "accredited-centres" and .provisional == false)][0].duty // empty')" ]; do
        [ $SECONDS -lt $until ] || die "no duty of $debtor became final"
        sleep 0.2
    done
}

show_duties() {
    duties_prepare
    local duty
    head_line "Who owes what by when: $(party "$debtor" name)"
    "$NQS_BIN" duties --party "$debtor" --limit 6
    duty=$(duties_of '[.duties[] | select(.feed == "accredited-centres" and .state == "open")][0].duty')
    head_line "Why then: nqs-gateway duty $duty"
    "$NQS_BIN" duty "$duty" --json | jq -r '"  \(.norm.act), \(.norm.paragraph): \(.norm.quote)", "  reading \(.reading.id): \(.reading.why)", "  last day \(.due_day), until \(.due)"' | short 200
    show_notice
}

show_notice() {
    local number until=$((SECONDS + 60)) query="select number from nqs.notice n join nqs.party p on p.id = n.party where p.bin = '$debtor' and n.state = 'sent' order by number desc limit 1"
    "$NQS_BIN" notices tell 2>/dev/null || true
    while number=$(psql -X -Atq "$NQS_DSN" -c "$query") && [ -z "$number" ]; do
        [ $SECONDS -lt $until ] || die "no notice was sent; see $NQS_BIN notices"
        sleep 0.2
    done
    head_line "A notice, as the mail server got it: nqs-gateway notices show $number"
    psql -X -Atq "$NQS_DSN" -c "select encode(bytes, 'base64') from nqs.notice where number = $number" | "$venv/bin/python" -c '
import base64, email, email.policy, sys
mail = email.message_from_bytes(base64.b64decode(sys.stdin.read()), policy=email.policy.default)
for name in ("From", "To", "Subject"):
    print("  %s: %s" % (name, mail[name]))
for line in mail.get_content().splitlines():
    print("  " + line)'
}
