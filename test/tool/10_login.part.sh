# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# The way of a login: discover, register, login, token, refresh, tools, request, list, show, logout.

run discover "$mcp"
check 'discover ends well' ended 0
check 'discover says that a login is required' out_has 'Login:                  required'
check 'discover prints no more than the result' quiet
run discover --json "$mcp"
check 'discover --json is one object' member required login
check 'discover --json names the way to register' member dynamic registration
run discover --explain "$mcp"
check 'discover --explain numbers the steps' out_has '5. What a login would ask for'
check 'discover --explain shows each request' out_has 'GET http'
check 'discover --explain cites the standard' out_has 'RFC 9728'
run discover --explain --json "$mcp"
check 'discover --explain --json has the steps' member probe steps 0 stage
check 'the steps say what was asked' member GET steps 0 method

run list
check 'an empty list is no failure' ended 0
check 'an empty list has no line' silent
check 'an empty list names the next command' err_has 'asioauth login URL'
run token --json "$mcp"
check 'token without a login ends with 3' ended 3
check 'token without a login is a failure in JSON' failed_with login_required
run token "$mcp"
check 'token without a login names the exact next command' err_has "asioauth login $mcp"
check 'token never opens a browser' silent

run register --json "$mcp"
check 'register says who the client is' has_member client_id
check 'the client was made by the tool' member dynamic source
client=$("$helpers/json_member" client_id <"$logs/out")
run register --json "$mcp"
check 'register shows the client that there is' member "$client" client_id
run register --json --force "$mcp"
check 'register --force makes another' ended 0
check_not 'the other one has another name' member "$client" client_id
run register --json --delete "$mcp"
check 'register --delete forgets the client' member 1 forgotten
check 'a server without management deletes none' member 0 deleted_at_server
run register --delete "$mcp"
check 'there is nothing to delete any more' ended 1
check 'and it says how to make one' err_has "asioauth register $mcp"
run register --json --delete "$odd/device/mcp"
check 'nothing is deleted that was never made' failed_with invalid_argument
run register --json "$odd/device/mcp"
check 'the odd server lets clients be managed' member true manageable
run register --json --delete "$odd/device/mcp"
check 'a client is deleted at the server' member 1 deleted_at_server

TOOL_TEST_DECISION=--deny
run login "$mcp"
check 'a user who says no ends with 2' ended 2
check 'a login that failed has no result' silent
TOOL_TEST_DECISION=
run login "$mcp"
check 'login ends well' ended 0
check 'login says where' out_has "Logged in to:           $mcp"
check 'login tells its steps' err_has 'the authorization code arrived'
check 'login tells that it waits' err_has 'waiting for the user'
check_not 'without a terminal steps have no time' err_has ' s  '
run login --json --quiet "$mcp"
check 'login --json is one object' member "$mcp" resource
check 'a login that is kept is used again, and --quiet is' quiet
secretly token "$mcp"
first=$(cat "$logs/out")
check 'token prints one line' one_line
check 'token prints no more than the token' quiet
secretly token --json "$mcp"
check 'token --json has the token' member "$first" access_token
check 'token --json says until when' has_member expires_at
secretly token --header "$mcp"
check 'token --header is for curl' out_has "Authorization: Bearer $first"
secretly token --env "$mcp"
check 'token --env is for a shell' sh -c '. "$1" && [ "$ASIOAUTH_ACCESS_TOKEN" = "$2" ]' - "$logs/out" "$first"
secretly token --min-ttl 100000 "$mcp"
check 'token --min-ttl refreshes what would not last' not out_has "$first"
second=$(cat "$logs/out")
secretly token --force-refresh "$mcp"
check 'token --force-refresh gets another' not out_has "$second"
run token --scope mcp:stats "$mcp"
check 'token --scope asks for no more than there is' ended 3
run token --account nobody "$mcp"
check 'another account has no login' ended 3
check 'the next command names the account' err_has "asioauth login --account nobody $mcp"

run refresh --json "$mcp"
check 'refresh ends well' ended 0
before=$("$helpers/json_member" before generation <"$logs/out")
after=$("$helpers/json_member" after generation <"$logs/out")
check 'refresh makes a new generation' [ "$after" -gt "$before" ]
run refresh "$mcp"
check 'refresh says it in words' out_has 'Generation:'

run tools "$mcp"
check 'tools are listed' out_has 'whoami'
run tools --json "$mcp"
check 'tools --json has the names' member add tools 0 name
run tools --json --call add --args '{"a": 19, "b": 23}' "$mcp"
check 'a tool is called' out_has 42
run tools --call nothing "$mcp"
check 'an unknown tool is wrong usage' ended 1
check 'an unknown tool names the next command' err_has "asioauth tools $mcp"
run tools --call add --args 7 "$mcp"
check 'arguments have to be an object' err_has "--args wants a JSON object"

run request -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' -H 'Accept: application/json' \
    --json "$mcp"
check 'request sends a body and says the status' member 200 status
run request "$mcp"
check 'a status that is no success ends with 5' ended 5
check 'the body is the result all the same' out_has 'other methods'
run request --step-up never -H 'Accept: application/json' \
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"statistics","arguments":{}}}' "$mcp"
check 'request --step-up never does not log in' ended 3
check 'it says how to' err_has '--step-up always'
run request --step-up always -H 'Accept: application/json' \
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"statistics","arguments":{}}}' "$mcp"
check 'request --step-up always logs in for more' ended 0
run show --json "$mcp"
check 'the login has the scopes of both' out_has 'mcp:stats'

run login --account second "$mcp"
check 'a second account logs in beside the first' ended 0
run list --json
check 'list has both' has_member logins 1 account
check 'list says the status' member good logins 0 status
run list --account second --json
check 'list --account has one' member second logins 0 account
run list --status ended
check 'list --status leaves out the rest' silent
run list
check 'list is a table otherwise' out_has "URL:                    $mcp"
run show --json "$mcp"
check 'show says who' has_member client_id
check 'show says where the secrets are' has_member store key
run show "$mcp"
check 'show hides the tokens' out_has 'not shown'
run show --reveal "$mcp"
check 'show --reveal wants a terminal' ended 1
run show "$mcp/other"
check 'show of what is not kept ends with 3' ended 3

run logout --json --account second "$mcp"
check 'logout revokes at the server' member true logins 0 refresh_token_revoked
run logout --local-only --json "$mcp"
check 'logout --local-only tells nobody' member false logins 0 refresh_token_revoked
run logout "$mcp"
check 'there is nothing to log out of any more' ended 3
run logout
check 'logout wants to know whose' err_has '--all'
run logout --all "$mcp"
check 'logout --all wants no URL' ended 1
