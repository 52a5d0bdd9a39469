#!/usr/bin/perl
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# What each fuzz target begins with: the documents of test/corpus in the form that the target reads,
# and a few samples of what is not in there.
#
#   seeds.pl FOLDER    writes FOLDER/TARGET/NAME

use strict;
use warnings;
use File::Basename qw(basename dirname);
use File::Path qw(make_path);
use JSON::PP qw(decode_json);

my $here = dirname(__FILE__);
my $folder = shift or die "seeds.pl FOLDER\n";
my %count;

sub seed
{
    my ($target, $text) = @_;
    die "seeds.pl: there is no target $target\n" if !-e "$here/targets/$target.cpp";
    make_path("$folder/$target");
    my $file = sprintf '%s/%s/%04d', $folder, $target, ++$count{$target};
    open my $out, '>:raw', $file or die "$file: $!\n";
    utf8::encode($text) if utf8::is_utf8($text);
    print $out $text;
    close $out or die "$file: $!\n";
}

sub documents
{
    my ($kind) = @_;
    my @all;
    for my $file (sort glob "$here/../corpus/documents/$kind/*.json")
    {
        open my $in, '<:raw', $file or die "$file: $!\n";
        local $/;
        push @all, decode_json(<$in>);
    }
    die "seeds.pl: no documents of kind $kind\n" if !@all;
    return @all;
}

# The number of a status in fuzz::input::response(), and application/json.
my %status = (200 => "\0", 201 => "\1", 400 => "\2", 401 => "\3", 403 => "\4", 404 => "\5");
sub json { return ($status{ shift // 200 } // "\0") . "\0" }

# --- URLs and what leads to them -------------------------------------------------------------

my @urls = split /\n/, <<'END';
https://mcp.example/mcp
http://127.0.0.1:8080/a?b=c#d
https://[::1]:8443/x/y/../z
https://user@h.example/
HTTPS://MCP.Example:443/
https://h.example:65535/%2e%2e/a;b=c
https://0x7f.1/
https://a_b.example/?q=%41&r=x
http://localhost
https://xn--bcher-kva.example/.well-known/oauth-authorization-server/tenant1
END
for my $u (@urls)
{
    seed('url', "$u\n$u/b");
    seed('redirect', "https://mcp.example/a/b?c=d\n$u");
}
seed('redirect', "https://mcp.example/a/b/c?d=e\n$_")
    for ('/x', 'x/../../y', '..', '../..', '?q', '#f', '//other.example/p', './a:b', '', '/./../a/./b/..');
seed('redirect', "http://localhost:8080/a\nhttp://127.0.0.1:9090/b");

# --- Fields ----------------------------------------------------------------------------------

seed('challenge', $_->{body} // '') for documents('www');
seed('challenge', "Basic realm=\"a, b\"\nDPoP algs=\"ES256 EdDSA\", error=\"use_dpop_nonce\"");
seed('retry_after', "\x6b\x49\xd2\0\0$_")
    for (0, 120, 99999999999999999999, 'Sun, 06 Nov 1994 08:49:37 GMT',
        'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994', 'Fri, 15 Jan 2027 08:00:30 GMT');

# --- Documents -------------------------------------------------------------------------------

for my $d (documents('prm'))
{
    my $asked = $d->{server_url} // ($d->{body} =~ /"resource"\s*:\s*"([^"]*)"/ ? $1 : '');
    seed('resource_metadata', json() . "$asked\n$d->{body}");
}
for my $d (documents('as'))
{
    my $issuer = $d->{body} =~ /"issuer"\s*:\s*"([^"]*)"/ ? $1 : '';
    seed('server_metadata', json() . "$issuer\n$d->{body}");
}
# At the borders: what is nearly good.
my @endpoints = ('"authorization_endpoint":"https://as.example/a"', '"token_endpoint":"https://as.example/t"',
    '"registration_endpoint":"https://as.example/r"', '"revocation_endpoint":"https://as.example/v"',
    '"mtls_endpoint_aliases":{"token_endpoint":"https://as.example/m"}');
for my $n (0 .. $#endpoints)
{
    for my $bad ('http://127.0.0.1:8080', 'https://localhost', 'http://as.example', 'https://u@as.example')
    {
        my @all = @endpoints;
        $all[$n] =~ s,https://as\.example,$bad,;
        seed('server_metadata', json() . "https://as.example\n{\"issuer\":\"https://as.example\","
            . join(',', @all) . ',"code_challenge_methods_supported":["S256"]}');
    }
}
seed('server_metadata', json() . "https://as.example\n{\"issuer\":\"$_\","
    . join(',', @endpoints) . ',"code_challenge_methods_supported":["S256"]}')
    for ('https://as.example/', 'https://AS.example', 'https://evil.example', 'http://as.example');
for my $resource ('https://mcp.example', 'https://mcp.example/', 'https://mcp.example/a', 'http://mcp.example/a/b',
    'https://mcp.example/a/', 'https://mcp.example/a/b/', 'https://mcp.example/ab', 'https://evil.example/a/b',
    'https://mcp.example:8443/a/b', 'https://mcp.example/a/b?c')
{
    seed('resource_metadata', json() . "https://mcp.example/a/b\n{\"resource\":\"$resource\","
        . "\"authorization_servers\":[\"$_\",\"https://as.example\"],\"scopes_supported\":[\"a\",\"a b\",\"a\"]}")
        for ('http://localhost:9000', 'https://as.example/x?y');
}

for my $d (documents('reg'))
{
    seed('registration_response', "$_" . json($d->{status}) . $d->{body}) for ("\0", "\x0d");
    seed('oauth_error', json($d->{status}) . "\n$d->{body}") if ($d->{status} // 201) >= 400;
}
for my $d (documents('tok'))
{
    # The type of a form is the fifth.
    my $type = $d->{body} =~ /^\s*\{/ ? "\0" : "\4";
    my $front = substr(json($d->{status}), 0, 1) . $type;
    seed('token_response', "$_$front$d->{body}") for ("\0", "\1", "\4");
    seed('oauth_error', "${front}120\n$d->{body}");
}
for my $d (documents('html'))
{
    seed('html_head', "text/html; charset=utf-8\nhttps://mcp.example/\n$d->{body}");
}
seed('html_head', "$_\n\n<meta charset=windows-1252><title>\xe4 &amp; &#x1f600;</title>"
    . "<link rel=icon sizes=\"16x16 32x32\" href=a.png><link rel=icon href=\"data:image/png;base64,iVBORw0KGgo=\">")
    for ('text/html', 'text/html;charset=iso-8859-2', 'text/html; charset=utf-16le');
seed('oauth_error', json(200) . "\n$_") for (
    '{"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"https://as.example/go",'
        . '"verification_uri_complete":"https://as.example/go?c=x","expires_in":600,"interval":5}',
    '{"request_uri":"urn:ietf:params:oauth:request_uri:x","expires_in":60}',
    '{"active":true,"scope":"a b","client_id":"c","sub":"s","aud":["x"],"exp":1900000000}',
    '{"active":false}');
seed('oauth_error', json(400) . "\n$_") for (
    '{"errors":[{"errorType":"invalid_grant","message":"no"}]}',
    '{"error":{"code":"invalid_request","message":"no"}}');

my $client = '"issuer":"https://as.example","client_id":"c","client_secret":"s","scope":"a",'
    . '"token_endpoint_auth_method":"client_secret_basic","redirect_uris":["http://127.0.0.1/cb"],'
    . '"client_secret_expires_at":1900000000,"source":"dynamic","stored_as":"k",'
    . '"registration_client_uri":"https://as.example/r","registration_access_token":"t"';
my $found = '"requested":"https://mcp.example/mcp","resource":"https://mcp.example/mcp",'
    . '"issuer":"https://as.example","server":{"token_endpoint":"https://as.example/token",'
    . '"mtls_endpoint_aliases":{"token_endpoint":"https://m.example/t"},"iss_required":true}';
seed('store_record', "{\"version\":2,$client}");
seed('store_record', "{\"version\":3,$client}");
seed('store_record', "{\"version\":2,$found,\"client\":{$client},\"access_token\":\"a\","
    . '"refresh_token":"r","id_token":"i","scope":"a b","token_type":"Bearer","expires_at":1900000000,"user":"u"}');
seed('store_record', "{\"version\":2,$found,\"client\":{$client},\"private_networks\":[\"10.0.0.0/8\"],"
    . '"request":{"iss_required":true,"redirect_uri":"https://a.example/cb","resource":"r","scope":"s",'
    . '"state":"st","code_verifier":"v","nonce":"n"},"must_bind":false,"user":"u","return_to":"/x"}');
seed('store_record', "\1\5key-1" . 'n' x 12 . 'c' x 40);

my $where = 'https://app.example/client.json';
seed('client_metadata_document', json() . "$where\n{\"client_id\":\"$where\",\"client_name\":\"A\","
    . '"redirect_uris":["http://127.0.0.1/cb","com.example.app:/cb"],"token_endpoint_auth_method":"none"}');
seed('client_metadata_document', json() . "$where\n{\"client_id\":\"$where\",\"client_name\":\"A\","
    . '"redirect_uris":["https://a.example/cb"],"token_endpoint_auth_method":"private_key_jwt",'
    . '"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"x","y":"y"}]},"logo_uri":"https://a.example/l"}');
seed('client_metadata_document', json() . "$where\n{\"client_id\":\"$where\",\"client_name\":\"A\","
    . "\"redirect_uris\":[\"https://a.example/cb\"],$_}")
    for ('"token_endpoint_auth_method":"client_secret_basic"', '"token_endpoint_auth_method":"none","client_secret":"s"',
        '"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"EC","d":"x"}]}',
        '"token_endpoint_auth_method":"none","jwks_uri":"http://a.example/"');
seed('client_metadata_document', json() . "$where\nName\nhttps://a.example/\nhttps://a.example/logo\n"
    . "http://127.0.0.1:1/cb\na b\nhttps://a.example/tos\nops\@a.example\nja-Jpan-JP\nName\nx_y\n{\"a\":1}");

# --- Keys and tokens -------------------------------------------------------------------------

my $ec = '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",'
    . '"y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"';
my $okp = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"';
my $es256 = 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt'
    . 'cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8I'
    . 'SlSApmWQxfKTUJqPP3-Kg6NU1Q';
my $claims = '{"iss":"https://as.example","aud":"client-1","sub":"s","exp":1800000300,'
    . '"iat":1799999999,"name":"N","email":"e@x.example"}';
seed('jose', "$_\n$es256\n$claims")
    for ("{\"keys\":[$ec,\"kid\":\"1\"},$okp,\"use\":\"sig\",\"alg\":\"EdDSA\"}]}",
        "$ec,\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}",
        "$okp,\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}", '{"keys":[]}');
seed('jose', "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" . ('ofgWCuLjybRlzo0tZWJj' x 18) . "\",\"e\":\"AQAB\"},"
    . "{\"kty\":\"oct\",\"k\":\"AAAA\"}]}\neyJhbGciOiJSUzI1NiJ9.e30.AAAA\n{\"aud\":[\"client-1\"],\"azp\":\"x\"}");

# --- On the wire -----------------------------------------------------------------------------

for my $flags ("\x8", "\x9", "\xa", "\xd")
{
    # The largest body limit; pieces of 4, 8 and 2 octets.
    seed('response_reader', "\5$flags\3\7\1\n$_") for (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: application/json\r\n\r\n{\"a\"}rest",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: v\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nto the end",
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            . "9\r\ndata: {}\n\r\n1\r\n\n\r\n0\r\n\r\n",
        "HTTP/1.1 401 Unauthorized\r\nConnection: keep-alive, close\r\nContent-Length: 0\r\n\r\n",
        # Nearly good: what other recipients are known to take.
        (map { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n$_" } "5\r\nhello\r\n\r\n\r\n",
            "5\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nA: b\n\n",
            "fffffffffffffffb\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5 ;a\r\nhello\r\n00\r\n\r\nHTTP/1.1"),
        (map { "HTTP/1.1 200 OK\r\n$_\r\n\r\nhello" } "Content-Length: 5\r\nContent-Length: 5", "Content-Length: +5",
            "Content-Length: 5, 5", "Content-Length : 5", "A: b\r\n Content-Length: 5", "Content-Length: 5\rA: b",
            "Transfer-Encoding: gzip, chunked", "Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: 05"));
}
for my $answer ('code=abc&state=state-of-this-login&iss=https%3A%2F%2Fas.example', 'state=x&error=access_denied',
    'error=server_error&error_description=no+way&state=state-of-this-login&iss=https://as.example')
{
    seed('callback', "\5\n$answer");
    seed('callback', "\3\1\nGET /callback?$answer HTTP/1.1\r\nHost: 127.0.0.1:40123\r\n"
        . "Cookie: a=b\r\nAccept: text/html\r\n\r\n");
}
seed('event_stream', $_) for (
    "d" . "ata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-11-25\",\n"
        . "data: \"serverInfo\":{\"name\":\"n\",\"version\":\"1\"},\"capabilities\":{}}}\n\n",
    "x\xef\xbb\xbf: comment\r\nevent: ping\r\ndata: a\r\n\r\nid: 4\rdata\rdata:b\r\r",
    '{"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"],"_meta":'
        . '{"io.modelcontextprotocol/serverInfo":{"name":"n","title":"t","version":"1"}}}}',
    '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a","description":"d","inputSchema":{"type":'
        . '"object","properties":{"a":{"type":"string","x-mcp-header":"A"}}}}],"nextCursor":"c"}}',
    '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"hi"}],"isError":false}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"m","data":{"supported":["2025-06-18"]}}}');

seed('json', $_->{body}) for documents('reg'), documents('tok');
seed('json', $_) for ('{"s":"a","a":["x",1,null],"expires_in":"3599.5","error":{"":[{}]}}',
    '{"s":"\\u00e4\\ud83d\\ude00","a":1e3,"expires_in":-1}', '{"a":[[[[[[[[[[[[[[1]]]]]]]]]]]]]]}');
seed('form', $_) for ('a=b&c=%20+d&=&e', 'eyJhbGciOiJFUzI1NiJ9',
    "\xe2\x80\xae\xf0\x9f\x98\x80 \xc2\xa0 \xff\xfe a\xcc\x81\n\tb");

# --- Whole logins: the user, the settings, and what becomes of each answer -------------------

seed('web_login', $_) for ('ogcode=abc&state=$&iss=https://as.example', "xgcode=abc&state=\$&iss=https://as.example",
    "ogcode=abc&state=\$&iss=https://evil.example\nogcode=x&state=guess\nxpcode=abc&state=\$&iss=https://as.example",
    'opcode=abc&state=$&iss=https://as.example', 'ogerror=access_denied&state=$&iss=https://as.example',
    "ogcode=a&code=b&state=\$&iss=https://as.example\nogcode=abc&state=\$");
my @plays = ('', "w" . 'Bearer scope="a b"', "s\x80", "f\0\nf\1\nf\2",
    ".\nj\"scopes_supported\":[\"x\"]", ".\n.\nj\"issuer\":\"https://evil.example\"",
    ".\n.\n.\nj\"client_secret\":\"s\"", ".\n.\n.\n.\nj\"error\":\"invalid_grant\"",
    ".\n.\n.\n.\n.\nw" . 'DPoP error="use_dpop_nonce"' . "\nhDPoP-Nonce:n",
    ".\n.\n.\n.\ns\xaa\n.\nt\5\nw" . 'Bearer error="insufficient_scope", scope="files:write"');
for my $user (0 .. 7)
{
    seed('login_flow', chr($user) . chr((0, 1, 2, 6, 8, 16, 32, 64)[$_ % 8]) . $plays[$_])
        for (0 .. $#plays);
}

print "seeds: $count{$_} for $_\n" for $ENV{VERBOSE} ? sort keys %count : ();
