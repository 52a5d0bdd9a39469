# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Mistakes and bad luck: what is mistyped does no harm, nothing is claimed that is not so, nobody is
# sent anywhere unasked, and every hint can be followed. Relative paths are in the test's folder.

# A path that is something else's.
printf 'mine\n' >"$logs/notes"
: >"$logs/empty"
chmod 644 "$logs/notes" "$logs/empty"
untouched() {
    [ "$(cat "$logs/notes")" = mine ] && [ ! -s "$logs/empty" ] &&
        [ "$(stat -c %a "$logs/notes" "$logs/empty" | tr '\n' ' ')" = '644 644 ' ] &&
        [ ! -e "$logs/notes.key" ] && [ ! -e "$logs/empty.key" ]
}
run list --store notes
check 'what is no store ends with 7' ended 7
check 'and is called so' err_has 'it is no store of asioauth'
run login --store notes "$mcp"
check 'nobody logs in into it' ended 7
run login --store empty "$mcp"
check 'nor into an empty file of somebody' ended 7
run doctor --fix --store notes
check 'doctor does not repair what is not ours' ended 7
check 'a foreign file is as it was, and has no key beside it' untouched

# A store that is not there.
for command in list "show $mcp" "token $mcp" "refresh $mcp" "logout $mcp" doctor \
    "register --delete $mcp"; do
    # Words of a command.
    run $command --store absent/logins.sqlite
    [ ! -e "$logs/absent" ] || break
done
check "what only looks makes no store (${command%% *})" [ ! -e "$logs/absent" ]
run list --store absent/logins.sqlite
check 'a store that is not there is an empty one' ended 0
run token --store absent/logins.sqlite "$mcp"
check 'and has no login' ended 3

# A store that goes away while the user is in the browser.
cat >"$logs/breaker" <<'END'
#!/bin/sh
mv lost/logins.sqlite lost/away
mkdir lost/logins.sqlite
exec "$TOOL_TEST_SERVERS/headless_user" "$1"
END
chmod +x "$logs/breaker"
saved=$BROWSER
export BROWSER="$logs/breaker"
run login --json --store lost/logins.sqlite "$odd/plain/mcp"
check 'a login that could not be kept ends with 7' ended 7
check 'a login that could not be kept does not say that it is' member false stored
check 'and what was got is still the result' member "$odd/plain/mcp" resource
rm -rf "$logs/lost"
run login --store lost/logins.sqlite "$odd/plain/mcp"
check 'it is said in words, too' out_has 'the login is not kept'
run login --json --no-store --browser "$logs/browser" "$odd/plain/mcp"
check 'what was not to be kept is not kept, and that is fine' ended 0
check 'it says so' member false stored

# Nobody is there: a setting sends nobody to the browser, and neither does an exported BROWSER.
run tools --json --store fresh.sqlite "$odd/plain/mcp"
check 'BROWSER is no consent of who lists tools' failed_with login_required
run request --json --store fresh.sqlite "$odd/plain/mcp"
check 'nor of who sends a request' failed_with login_required
export BROWSER="$saved"
printf 'no-browser = true\n' >"$logs/settings.toml"
run tools --config settings.toml --store fresh.sqlite "$odd/plain/mcp"
check 'a setting is no consent' ended 3
ASIOAUTH_PASTE=1
export ASIOAUTH_PASTE
run request --store fresh.sqlite "$odd/plain/mcp"
check 'a variable is no consent' ended 3
check_not 'and no URL is printed' err_has '/authorize?'
unset ASIOAUTH_PASTE
: >"$logs/err"
line='tools --no-browser'
in_background 60 "$tool" tools --no-browser --store fresh.sqlite "$odd/plain/mcp" \
    >"$logs/out" 2>"$logs/err" </dev/null
check 'the command line is' wait_for '/authorize?' "$logs/err"
kill -INT "$job"
status=0
wait "$job" || status=$?
check 'and waits, to be interrupted' ended 130

# The next command is the one that helps.
run token --scope 'files:read files:write' --store fresh.sqlite "$odd/device/mcp"
check 'the next command has the scope and the store' err_has \
    "asioauth login --scope 'files:read files:write' --store fresh.sqlite $odd/device/mcp"
run logout --store fresh.sqlite "$odd/device/mcp"
check 'nobody logs in to log out' not err_has 'asioauth login'
check 'but may look what is kept' err_has 'asioauth list --store fresh.sqlite'
run revoke --store fresh.sqlite "$odd/device/mcp"
check 'nor to revoke' not err_has 'asioauth login'
run list --store fresh.sqlite
check 'the first login goes to the same store' err_has 'asioauth login --store fresh.sqlite URL'
run login --account second --store fresh.sqlite "$odd/device/mcp"
run token --store fresh.sqlite "$odd/device/mcp"
check 'token names the account that there is' err_has 'but of second'
run show --store fresh.sqlite "$odd/device/mcp"
check 'and so does show' err_has 'but of second'
run token --account third --store fresh.sqlite "$odd/device/mcp"
check 'an account that is mistyped is told the others' err_has 'but of second'

# Time.
run doctor --timeout 1 --store fresh.sqlite "$odd/device/mcp/slow"
check 'doctor waits no longer than it may' ended 4
run request --timeout 2 --account second --store fresh.sqlite "$odd/device/mcp/slow"
check 'neither does a request' ended 4
run request --timeout 20 --account second --store fresh.sqlite "$odd/device/mcp/slow"
check 'but it waits so long' ended 0
run serve --timeout 5
check 'a page that is served has no end' ended 1
secretly token --min-ttl 100000 --account second --store fresh.sqlite "$odd/device/mcp"
check 'a token that is too short is printed' one_line
check 'and that is said' err_has 'sooner than --min-ttl'

# Keys.
ASIOAUTH_STORE_KEY=nonsense
export ASIOAUTH_STORE_KEY
run login --json --store keyed.sqlite "$odd/plain/mcp"
check 'a key that is none is a failure of the store' ended 7
check 'and named' failed_with store_key_invalid
check 'the hint is about that key' err_has 'ASIOAUTH_STORE_KEY wants'
check_not 'and not about others' err_has PEM
unset ASIOAUTH_STORE_KEY

# What is found out is what would happen.
run discover --json "$odd/documents/mcp"
check 'without a document there is dynamic registration' member dynamic registration
run discover --json --metadata-url https://client.example/client.json "$odd/documents/mcp"
check 'with one it is used' member client_id_metadata_document registration
run doctor --store fresh.sqlite
check 'doctor finds a store in this folder' out_has 'fresh.sqlite is for you alone'
chmod 644 "$logs/fresh.sqlite"
run doctor --store fresh.sqlite "$odd/device/mcp"
check 'doctor finds that others can read it' ended 7
check 'and changes nothing' [ "$(stat -c %a "$logs/fresh.sqlite")" = 644 ]
check 'it names the command that does' out_has 'asioauth doctor --fix --store fresh.sqlite'
run doctor --fix --store fresh.sqlite
check 'which does' [ "$(stat -c %a "$logs/fresh.sqlite")" = 600 ]
check 'and says so' out_has 'fresh.sqlite was open to others'

# Failures as JSON, and others.
hint_stands_once() {
    message=$(tail -n 1 "$logs/err" | "$helpers/json_member" error message) &&
        hint=$(tail -n 1 "$logs/err" | "$helpers/json_member" error hint) &&
        [ -n "$hint" ] && case $message in *"$hint"*) return 1 ;; esac
}
run token --json --store fresh.sqlite "$odd/plain/mcp"
check 'the message does not have the hint again' hint_stands_once
ASIOAUTH_JSON=1
export ASIOAUTH_JSON
run token --nothing "$mcp"
check 'wrong usage is JSON by a variable' failed_with usage
unset ASIOAUTH_JSON
printf 'json = true\n' >"$logs/settings.toml"
run token --config settings.toml --nothing "$mcp"
check 'wrong usage is JSON by a setting' failed_with usage
printf 'allow-network = "10.0.0.0/8"\n' >"$logs/settings.toml"
run discover --config settings.toml "$mcp"
check 'a relaxation is no setting, and that is said' err_has 'is for the command line only'
run --version
check '--version is the version' out_has 'OpenSSL:'
run discover "localhost:${odd##*:}/plain/mcp"
check 'a loopback host without a scheme may be http' err_has "name it by $odd/plain/mcp"
run login --store fresh.sqlite "$mcp"
run tools --json --store fresh.sqlite --call add --args '{"a": "x"}' "$mcp"
check 'an error of a tool is a failure of its own' failed_with tool_failed
check 'of the server, which refuses' ended 5
run request --trace -H 'X-Plain: CANARY-field' --account second --store fresh.sqlite \
    "$odd/device/mcp/echo"
check 'trace shows the name of a field that was added' err_has 'X-Plain: (left out)'
