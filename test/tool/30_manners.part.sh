# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Manners: usage, colours, terminals, traces, files, settings, doctor, documents, secrets.

run
check 'no command is wrong usage' ended 1
run nothing
check 'an unknown command is named' err_has 'There is no command "nothing"'
run token
check 'a missing URL is said' err_has 'Name its URL'
run token --nothing "$mcp" --json
check 'an unknown option is a failure in JSON' failed_with usage
run login --client-id x "$mcp"
check 'a client needs its issuer' err_has '--issuer'
run --help
check 'help goes to the standard output' out_has 'completion'
check_not 'help does not name what is not for users' out_has manual
run version --json
check 'version is one object' has_member openssl
check 'version names the stores' member SQLite stores 0
status=0
line='version >/dev/full'
"$tool" version >/dev/full 2>"$logs/err" || status=$?
check 'a full disk is no success' ended 1

run login --trace --force "$mcp"
check 'trace shows requests' err_has '> POST http'
check 'trace shows which grant' err_has 'grant_type=authorization_code'
check 'trace leaves secrets out' err_has 'code_verifier=(left out)'
secretly token --trace --force-refresh "$mcp"
cp "$logs/err" "$logs/kept.trace"
check 'trace leaves what comes back out' err_has '"access_token":"(left out)"'
secretly token "$mcp"
current=$(cat "$logs/out")
run request --trace --json "$mcp?key=CANARY-in-the-query"
check_not 'trace leaves the query out' err_has CANARY-in-the-query
check 'trace shows that there was a token' err_has 'Authorization: Bearer (left out)'
run login --trace --device --force "$odd/device/mcp"
check 'trace shows the device login' err_has '/device/device'

escape=$(printf '\033')
on_terminal '' list
check 'colours on a terminal' out_has "$escape["
check 'a terminal gets the whole list' out_has "$mcp"
export NO_COLOR=1
on_terminal '' list
check_not 'no colours with NO_COLOR' out_has "$escape["
unset NO_COLOR
on_terminal '' list --no-color
check_not 'no colours with --no-color' out_has "$escape["
run list
check_not 'no colours elsewhere' out_has "$escape["
on_terminal '' login --force "$mcp"
check 'steps have their time on a terminal' grep -qE '[0-9]\.[0-9] s ' "$logs/out"
on_terminal '' show --reveal "$odd/device/mcp"
check 'show --reveal shows the token on a terminal' out_has CANARY-access
statistics='{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"statistics","arguments":{}}}'
on_terminal 'n\n' request -H 'Accept: application/json' -d "$statistics" "$mcp"
check 'a request that needs more scopes asks' out_has 'Log in again for them?'
check 'no is no' ended 2
check 'and is said in fitting words' out_has 'Your answer was no'
on_terminal 'n\n' tools --call statistics "$mcp"
check 'a tool that needs more scopes asks too' out_has 'Log in again for them?'
check 'and no is no there, too' ended 2
run tools --call statistics --step-up never "$mcp"
check 'tools --step-up never does not log in' ended 3
# An interruption in the place of an answer.
: >"$logs/out"
line='tools --call statistics, interrupted'
status=0
{ wait_for 'Log in again for them?' "$logs/out"; printf '\003'; sleep 1; } |
    timeout --kill-after=5 60 script -qefc "exec '$tool' tools --call statistics '$mcp'" \
        "$logs/typescript" >"$logs/out" 2>"$logs/err" || status=$?
check 'Ctrl-C at the question ends with 130' ended 130
on_terminal 'y\n' tools --call statistics "$mcp"
check 'yes logs in and calls the tool again' out_has '"requests"'
run tools --call statistics "$mcp"
check 'and needs no question any more' ended 0
on_terminal '' login --force "$mcp"
on_terminal 'y\n' request -H 'Accept: application/json' -d "$statistics" "$mcp"
check 'yes logs in and sends it again' out_has '"requests"'

export ASIOAUTH_JSON=1 ASIOAUTH_STATUS=good
run list
check 'an option can be a variable' member good logins 0 status
unset ASIOAUTH_STATUS
run list --status unreadable
check 'the command line wins' member '[]' logins
unset ASIOAUTH_JSON
export ASIOAUTH_STATUS=nonsense
run list
check 'a wrong variable is named' err_has 'the variable ASIOAUTH_STATUS'
unset ASIOAUTH_STATUS
export ASIOAUTH_REVEAL=1 ASIOAUTH_ALL=1
run logout
check 'what deletes is for the command line alone' ended 1
unset ASIOAUTH_REVEAL ASIOAUTH_ALL
mkdir -p "$HOME/.config/asioauth"
printf 'json = true\n[list]\nstatus = "unreadable"\n' >"$HOME/.config/asioauth/config.toml"
run list
check 'an option can be in the configuration file' member '[]' logins
check 'a section is for one command' ended 0
run show "$mcp"
check 'what is no section is for all' member "$mcp" url
run list --status good
check 'the command line wins over the file' member good logins 0 status
printf 'nonsense = true\n' >"$HOME/.config/asioauth/config.toml"
run list
check 'a wrong key in the file is named' err_has 'nonsense'
rm "$HOME/.config/asioauth/config.toml"
printf 'account = "nobody"\n' >"$logs/other.toml"
run list --json --config "$logs/other.toml"
check 'another file can be named' member '[]' logins

store=$HOME/.local/share/asioauth
run doctor
check 'doctor finds this machine well' ended 0
check 'doctor looks at the modes of files' out_has 'logins.sqlite.key is for you alone'
chmod 644 "$store/logins.sqlite.key"
run doctor --json
check 'doctor finds a key that others can read' ended 7
check 'doctor --json counts' member 1 failed
run doctor --fix
check 'doctor --fix repairs it' ended 0
check 'the key is for the user alone again' [ "$(stat -c %a "$store/logins.sqlite.key")" = 600 ]
run doctor "$mcp"
check 'doctor finds the server well' ended 0
check 'doctor numbers the steps' out_has '7. '
run doctor "$odd/liar/mcp"
check 'doctor ends as a login would' ended 6
check 'doctor says what was not looked at' out_has 'skip'
check 'doctor gives a hint' out_has '-> Do not log in'
check 'doctor cites the standard' out_has '[RFC 8414'
run doctor "$odd/late/mcp"
check 'doctor finds a clock that is wrong' out_has 'ahead of the server'
run doctor "$odd/down/mcp"
check 'doctor finds a server that is down' ended 4
run doctor --json "$odd/closed/mcp"
check 'doctor finds that nobody can register' out_has 'Create a client with the provider'
run doctor --report "$logs/report" "$mcp"
check 'doctor writes a report' [ "$(stat -c %a "$logs/report")" = 600 ]
check_not 'the report does not name the home folder' grep -qF "$HOME" "$logs/report"
run doctor --report "$logs/report"
check 'doctor overwrites nothing' err_has 'is there already'
HTTPS_PROXY='http://anna:very-secret-word@proxy.example:8080'
NO_PROXY='.corp.example,10.0.0.0/8'
export HTTPS_PROXY NO_PROXY
run doctor
check 'doctor says which proxy is used' out_has 'proxy.example:8080, with a password'
check 'doctor says for which servers it is not' out_has 'not for .corp.example, 10.0.0.0/8'
check_not 'doctor does not show the password of the proxy' grep -q 'very-secret' "$logs/out"
run doctor "$mcp"
check 'doctor says that a loopback server is reached directly' out_has 'not used for localhost'
check 'and reaches it' ended 0
HTTPS_PROXY='socks5://anna:very-secret-word@proxy.example:1080'
run doctor
check 'doctor names a proxy that cannot be used' out_has 'HTTPS_PROXY'
check 'and ends as a login would' ended 1
run doctor "$mcp"
check 'and does not go around it' ended 1
check_not 'not even to look' out_has 'The authorization server is'
run discover "$mcp"
check 'a proxy that cannot be used ends the others' ended 1
check 'and says which variable' err_has 'HTTPS_PROXY'
check_not 'without the password' grep -q 'very-secret' "$logs/err"
run list
check 'but not those that reach no server' ended 0
unset HTTPS_PROXY NO_PROXY

mv "$store/logins.sqlite.key" "$logs/key"
run list --json
check 'without the key logins are still listed' member unreadable logins 0 status
run doctor
check 'doctor finds that they cannot be read' ended 7
run token "$mcp"
check 'token says that the store failed' ended 7
rm -f "$store/logins.sqlite.key"
mv "$logs/key" "$store/logins.sqlite.key"
run token --store "$logs/data/logins.sqlite" "$mcp"
check 'a store that cannot be ends with 7' ended 7
check 'and points to the doctor' err_has 'asioauth doctor'

for shell in bash zsh fish; do
    run completion "$shell"
    cp "$logs/out" "$logs/completion.$shell"
done
check 'the completion for bash is good bash' bash -n "$logs/completion.bash"
run completion tcsh
check 'another shell is wrong usage' ended 1
run manual
cp "$logs/out" "$logs/asioauth.1"
# Every option of every command, as --help has them, is in all documents.
missing=
for command in discover register login token refresh request tools list show logout revoke doctor \
    completion version; do
    run "$command" --help
    grep -qF ".SS $command" "$logs/asioauth.1" || missing="$missing man:$command"
    for option in $(sed -n 's/^  [^ ]*\(--[a-z-]*\).*/\1/p' "$logs/out"); do
        sed -n "/^\\.SS $command\$/,/^\\.S[SH]/p" "$logs/asioauth.1" | tr -d '\\' | grep -qF "fB$option" ||
            missing="$missing man:$command:$option"
        grep -E "^        $command\\) words=" "$logs/completion.bash" | grep -qF -- "$option" ||
            missing="$missing bash:$command:$option"
        sed -n "/^        $command)/,/;;/p" "$logs/completion.zsh" | grep -qF -- "'$option[" ||
            missing="$missing zsh:$command:$option"
        grep -F "from $command'" "$logs/completion.fish" | grep -qF -- " -l ${option#--} " ||
            missing="$missing fish:$command:$option"
    done
done
check "no option is missing:$missing" [ -z "$missing" ]
check 'completion in bash offers commands' bash -c '. "$1"; COMP_WORDS=(asioauth lo); COMP_CWORD=1
    _asioauth; [ "${COMPREPLY[*]}" = "login logout" ]' - "$logs/completion.bash"
check 'completion in bash offers values' bash -c '. "$1"; COMP_WORDS=(asioauth list --status g)
    COMP_CWORD=3; _asioauth; [ "${COMPREPLY[*]}" = good ]' - "$logs/completion.bash"
check 'completion in zsh offers commands' \
    timeout 20 zsh -f "$here/completion.zsh" "$logs/completion.zsh" 'asioauth logi' 'asioauth login'
check 'completion in zsh offers options' timeout 20 zsh -f "$here/completion.zsh" \
    "$logs/completion.zsh" 'asioauth login --pas' 'asioauth login --paste'
check 'completion in zsh offers values' timeout 20 zsh -f "$here/completion.zsh" \
    "$logs/completion.zsh" 'asioauth list --status go' 'asioauth list --status good'
# fish_offers LINE WORD...: just these, for LINE.
fish_offers() {
    offered=$(fish --no-config -c "source \"$logs/completion.fish\"; complete -C \"$1\"" | cut -f 1)
    shift
    [ "$(echo $offered)" = "$*" ]
}
check 'completion in fish offers commands' fish_offers 'asioauth lo' login logout
check 'completion in fish offers options' fish_offers 'asioauth login --pa' --paste
check 'completion in fish offers values' fish_offers 'asioauth list --status g' good
good_manual() {
    if command -v groff >/dev/null; then
        [ -z "$(groff -man -Tascii -ww -z "$logs/asioauth.1" 2>&1)" ]
    fi
}
check 'the manual page has no warning' good_manual

# What no output may have: the tokens of both servers, as far as they are known here.
check_not 'no output has a token of the odd server' grep -lE 'CANARY' "$logs"/kept.*
check_not 'no output has a token of the example server' grep -lF -e "$first" -e "$second" -e "$current" \
    "$logs"/kept.*
check_not 'no output has a JWT at all' grep -lE 'eyJ[A-Za-z0-9_-]{20,}\.' "$logs"/kept.*
check_not 'the store has no token in the clear' grep -qE 'CANARY|eyJ[A-Za-z0-9_-]{20,}\.' "$store/logins.sqlite"
