# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# serve: the page, whom it is for, and its end.

# get PORT PATH [FIELD]: the response, head and all.
get() {
    perl -MIO::Socket::INET -e '
        my ($port, $path, $field) = @ARGV;
        $> = $ENV{TOOL_TEST_USER} if $ENV{TOOL_TEST_USER};
        my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 5) or exit 1;
        print $s "GET $path HTTP/1.1\r\nHost: 127.0.0.1:$port\r\n$field\r\nConnection: close\r\n\r\n";
        print while <$s>;' "$1" "$2" "${3:-X-Nothing: 1}" >"$logs/out" 2>/dev/null
}

line='serve --json'
in_background 60 "$tool" serve --json --store "$logs/serve.sqlite" >"$logs/serve.out" 2>"$logs/serve.err"
serving=$job
served=0
wait_for start_url "$logs/serve.out" || served=1
check 'serve says where' [ "$served" = 0 ]
start=$("$helpers/json_member" start_url <"$logs/serve.out")
key=$("$helpers/json_member" program_key <"$logs/serve.out")
port=${start#http://127.0.0.1:}
port=${port%%/*}
get "$port" /
check 'a stranger sees nothing' out_has '403 Forbidden'
get "$port" "/start?key=nonsense"
check 'a wrong link signs nobody in' out_has '403 Forbidden'
get "$port" "/start${start##*/start}"
check 'the link signs in' out_has 'Set-Cookie: asioauth-signed-in-'
cookie=$(sed -n 's/^Set-Cookie: \([^;]*\);.*/\1/p' "$logs/out")
get "$port" / "Cookie: $cookie"
check 'the page is there' out_has 'Add an integration'
get "$port" / "Authorization: Bearer $key"
check 'programs have a key' out_has '200 OK'
get "$port" /metrics "Authorization: Bearer $key"
check 'and see what is done' out_has 'asioauth_operations_total{operation="hub",outcome="done"} '
get "$port" /metrics "Cookie: $cookie"
check_not 'a browser does not' out_has 'asioauth_operations_total'
get "$port" / "Authorization: Bearer wrong"
check 'another key is none' out_has '403 Forbidden'
run serve --listen 0.0.0.0:0
check 'serve is for this machine alone' ended 1
check 'and says so' err_has '127.0.0.1:PORT'
kill -INT "$serving"
status=0
wait "$serving" || status=$?
check 'an interruption is its regular end' ended 0

run serve --store notes
check 'a store that cannot be read is noticed at the start' ended 7
line='serve --open'
in_background 60 env BROWSER= "$tool" serve --open --store "$logs/serve.sqlite" \
    >"$logs/serve.out" 2>"$logs/serve.err"
serving=$job
check 'without a browser the page is served all the same' wait_for 'Open the address yourself' "$logs/serve.err"
check 'and its address is there' grep -q '^http://127.0.0.1:[0-9]*/start?key=' "$logs/serve.out"
check_not 'a page is no login' grep -q 'login address' "$logs/serve.err"
kill -INT "$serving"
wait "$serving" || :
# What the browser gets is an argument, and everybody on the machine can read those.
cat >"$logs/keeper" <<'END'
#!/bin/sh
printf '%s\n' "$1" >"$TOOL_TEST_OPENED"
END
chmod +x "$logs/keeper"
# Only root can be somebody else.
gets_nothing_from() {
    [ "$(id -u)" -eq 0 ] || return 0
    export TOOL_TEST_USER=65534
    get "$port" "$1"
    unset TOOL_TEST_USER
    out_has '403 Forbidden'
}
line='serve --open --browser'
in_background 60 env TOOL_TEST_OPENED="$logs/opened" "$tool" serve --open --browser "$logs/keeper" \
    --store "$logs/serve.sqlite" >"$logs/serve.out" 2>"$logs/serve.err"
serving=$job
check 'a browser is opened at a link of its own' wait_for '^http://127.0.0.1:[0-9]*/start?once=' "$logs/opened"
link=$(cat "$logs/opened")
port=${link#http://127.0.0.1:}
port=${port%%/*}
start=$(cat "$logs/serve.out")
check_not 'the link that is printed is no argument' grep -qF -- "${start##*=}" "$logs/opened"
check 'another user of the machine cannot use that link' gets_nothing_from "/start${link##*/start}"
get "$port" "/start${link##*/start}"
check 'it signs the browser in' out_has 'Set-Cookie: asioauth-signed-in-'
get "$port" "/start${link##*/start}"
check 'and nobody a second time' out_has 'This link was used before'
kill -INT "$serving"
wait "$serving" || :
line='serve --quiet'
in_background 60 "$tool" serve --quiet --store "$logs/serve.sqlite" \
    >"$logs/serve.out" 2>"$logs/serve.err"
serving=$job
check 'the key for programs is said under --quiet, too' wait_for 'Authorization: Bearer' "$logs/serve.err"
kill -INT "$serving"
wait "$serving" || :
