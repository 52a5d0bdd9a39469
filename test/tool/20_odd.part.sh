# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Other devices, sessions without a browser, servers that are odd, interruptions.

run login --device "$odd/device/mcp"
check 'a login on another device ends well' ended 0
check 'it shows the code' err_has 'WDJB-MJHT'
full_block=$(printf '\342\226\210')
check_not 'it shows no picture unasked' err_has "$full_block"
run login --device --force --qr "$odd/device/mcp"
address=$(sed -n 's/^  \(http.*\)/\1/p' "$logs/err")
reads_code() {
    perl "$here/half_blocks.pl" <"$1" >"$logs/code.pbm" &&
        [ "$(zbarimg -q --raw "$logs/code.pbm")" = "$2" ]
}
check 'the code is in a picture for a camera, too' reads_code "$logs/err" "$address"
check 'which has the code in its address' err_has 'user_code='
run request --json -X PUT -H 'X-Field: hey' -d '{"a":1}' "$odd/device/mcp/echo"
check 'request uses the login of the resource above' ended 0
check 'request sends method, field and type' member \
    '{"method":"PUT","type":"application/json","field":"hey","body":"{\"a\":1}"}' body
printf 'x=1&y=2' >"$logs/data"
printf 'X-Field: from-a-file\n' >"$logs/fields"
run request -d "@$logs/data" -H "@$logs/fields" "$odd/device/mcp/echo"
check 'request takes body and fields from files' out_has \
    '{"method":"POST","type":"application/x-www-form-urlencoded","field":"from-a-file","body":"x=1&y=2"}'
line='request -d -'
status=0
printf 'piped' | "$tool" request -d - "$odd/device/mcp/echo" >"$logs/out" 2>"$logs/err" || status=$?
check 'request takes the body from the standard input' out_has '"body":"piped"'
run request -H nothing "$odd/device/mcp/echo"
check 'a field needs a colon' ended 1
run request -d @missing "$odd/device/mcp/echo"
check 'a missing file is said' err_has 'missing cannot be read'
run revoke "$odd/device/mcp"
check 'revoke at a server that revokes nothing ends with 5' ended 5
check 'the login is forgotten all the same' out_has 'forgotten here'
run login --device "$odd/denied/mcp"
check 'no on the other device ends with 2' ended 2
run login --device "$odd/plain/mcp"
check 'a server without that ends with 5' ended 5
check 'and says what to leave out' err_has 'leave out --device'

saved=$BROWSER
unset BROWSER
run login "$odd/plain/mcp"
check 'neither browser nor terminal: no waiting' ended 3
check 'and the way out is named' err_has '--no-browser'
run tools --json "$mcp"
check 'tools asks nobody where nobody is' failed_with login_required

# The race: whoever is first. The other device, whose page nobody opens here, and the browser.
run login --no-browser "$odd/device/mcp"
check 'the other device wins where the browser does not come' ended 0
check 'the URL was printed too' err_has 'Open this URL in a browser'
check 'and how to forward the port' err_has 'ssh -L'
run logout --all --json
check 'logout --all leaves all' ended 0
run list --json
check 'nothing is left' member '[]' logins

# beside ARGUMENT...: the tool in the background; waits for the URL and sets `where` to it.
beside() {
    line=$*
    : >"$logs/err"
    in_background 60 "$tool" "$@" >"$logs/out" 2>"$logs/err" </dev/null
    wait_for '/authorize?' "$logs/err"
    where=$(sed -n 's/^  \(http[^ ]*authorize?.*\)/\1/p' "$logs/err")
}
ends() {
    status=0
    wait "$1" || status=$?
}
beside login --no-browser "$odd/slow/mcp"
check 'the code for the other device is there' wait_for 'WDJB-MJHT' "$logs/err"
"$servers/headless_user" "$where" >"$logs/user.log" 2>&1 || :
ends "$job"
check 'the browser wins where the other device does not come' ended 0
run list --json
check 'one login is kept' member "$odd/slow/mcp" logins 0 url

beside login --no-browser "$odd/plain/mcp"
kill -INT "$job"
ends "$job"
check 'Ctrl-C ends with 130' ended 130
check 'nothing was stored, and it says so' err_has 'no login was stored'
check 'what was stored is true of the registration' err_has 'but the registration was'
check 'and what to do next' err_has 'Run the command again'
run token "$odd/plain/mcp"
check 'nothing was stored indeed' ended 3
beside login --no-browser "$odd/slow/mcp" --force
kill -INT "$job"
ends "$job"
check 'Ctrl-C ends both sides of a race' ended 130
beside login --no-browser "$odd/tardy/mcp"
"$servers/headless_user" "$where" >"$logs/user.log" 2>&1 &
wait_for 'POST /tardy/token' "$logs/odd_server.log"
kill -INT "$job"
ends "$job"
check 'Ctrl-C after the code was spent ends with 130 too' ended 130
check 'the login was stored, and it says so' err_has 'was stored'
run list --json
check 'the login was stored indeed' out_has "$odd/tardy/mcp"

# A pasted address: of the page that the browser of another machine could not load.
landing() {
    bash -c 'exec 3<>"/dev/tcp/localhost/$1"
        printf "GET %s HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n" "$2" "$1" >&3
        cat <&3' - "${odd##*:}" "/${1#"$odd"/}" | tr -d '\r' | sed -n 's/^Location: //p'
}
run logout --all
mkfifo "$logs/pasted"
: >"$logs/err"
line='login --paste'
exec 4<>"$logs/pasted"
# A job's input is nothing unless it is said here.
timeout --kill-after=5 60 "$tool" login --paste --no-browser "$odd/slow/mcp" \
    >"$logs/out" 2>"$logs/err" <"$logs/pasted" &
job=$!
jobs="$job $jobs"
wait_for '/authorize?' "$logs/err"
where=$(sed -n 's/^  \(http[^ ]*authorize?.*\)/\1/p' "$logs/err")
echo 'nonsense' >&4
landing "$where" >&4
ends "$job"
exec 4>&-
rm "$logs/pasted"
check 'a pasted address wins too' ended 0
check 'and the login is kept' out_has "Logged in to:           $odd/slow/mcp"

export SSH_CONNECTION='192.0.2.1 1 192.0.2.2 22'
run doctor
check 'doctor sees a remote session' out_has 'remote session without a display'
beside login --paste "$odd/plain/mcp"
check 'a remote session has the port to forward' err_has 'ssh -L'
kill -INT "$job"
ends "$job"
unset SSH_CONNECTION
export BROWSER="$saved"

run login "$odd/plain/mcp"
sleep 1
run list --json --status refreshable
check 'a token that has ended can be refreshed' member "$odd/plain/mcp" logins 0 url
secretly token "$odd/plain/mcp"
check 'and is' ended 0
run login "$odd/late/mcp"
sleep 1
run list --json --status ended
check 'a token without a refresh token is over' member "$odd/late/mcp" logins 0 url
run refresh "$odd/late/mcp"
check 'refresh cannot help it' ended 3
check 'refresh names the next command' err_has "asioauth login $odd/late/mcp"

run login --json "$odd/liar/mcp"
check 'a wrong issuer ends with 6' ended 6
check 'a wrong issuer is named' failed_with issuer_mismatch
run login "$odd/closed/mcp"
check 'a server that registers nobody says what to do' err_has '--client-id'
run login "$odd/open/mcp"
check 'a server without a login is fine' out_has 'No login is needed'
run login --json "http://localhost:1/mcp"
check 'nobody there ends with 4' ended 4
check 'nobody there is a failure in JSON' failed_with connect_failed
run discover 'https://192.168.1.1/'
check 'a private address is refused' err_has '--allow-network'
