// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/protocol/form.hpp>
#include <asioauth/proxy_settings.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(proxy_settings_)

namespace {

std::string parsed(std::string_view address)
{
    const auto p = proxy_settings::parse(address);
    if (!p)
        return std::string(name_of(p.error().code()));
    return p->address().host() + ' ' + std::to_string(p->address().port())
        + std::string(p->authorization().empty() ? "" : " ")
        + std::string(p->authorization().reveal());
}

std::string basic(std::string_view text)
{
    return "proxy.example 8080 Basic " + base64_encode(text);
}

class environment
{
public:
    std::string operator()(const std::string& name) const
    {
        const auto found = values.find(name);
        return found == values.end() ? std::string() : found->second;
    }

    std::map<std::string, std::string> values;
};

std::string chosen(std::map<std::string, std::string> values)
{
    environment of;
    of.values = std::move(values);
    const auto p = proxy_settings::from_environment(of);
    if (!p)
        return std::string(name_of(p.error().code())) + ": " + p.error().info().message();
    return p->address().authority();
}

bool is_used(std::string_view except, std::string_view target)
{
    auto p = proxy_settings::parse("http://proxy.example:8080").value();
    return p.except(except).is_used_for(url::parse(target).value());
}

} // namespace

BOOST_AUTO_TEST_CASE(address_is_taken_in_the_ways_that_people_write_it)
{
    for (const auto* const address :
         {"http://proxy.example:8080",
          "http://proxy.example:8080/",
          "HTTP://Proxy.Example:8080",
          "proxy.example:8080",
          "  http://proxy.example:8080\n"})
    {
        BOOST_TEST(parsed(address) == "proxy.example 8080");
    }
    BOOST_TEST(parsed("http://proxy.example") == "proxy.example 80");
    BOOST_TEST(parsed("http://10.0.0.1:3128") == "10.0.0.1 3128");
    BOOST_TEST(parsed("http://[fd00::1]:3128") == "fd00::1 3128");
    BOOST_TEST(parsed("localhost:3128") == "localhost 3128");
}

BOOST_AUTO_TEST_CASE(address_that_is_none_is_refused)
{
    for (const auto* const address :
         {"",
          "http://",
          "http://:8080",
          "http://proxy.example:",
          "http://proxy.example:0",
          "http://proxy.example:65536",
          "http://proxy.example:80a",
          "http://proxy.example:8080/path",
          "http://proxy.example:8080?a",
          "http://proxy.example:8080#a",
          "http://proxy.example:8080?",
          "http://proxy example:8080",
          "http://proxy..example:8080",
          "http://0x7f.1:8080",
          "http://[fe80::1%25eth0]:8080",
          "http://anna:b@",
          "http://a/b@proxy.example:8080",
          "http://anna:b%@proxy.example:8080",
          "http://anna:b%4@proxy.example:8080",
          "http://anna:b%4g@proxy.example:8080",
          "http://anna:b%0d%0a@proxy.example:8080",
          "http://an%00na@proxy.example:8080",
          "http://an%3Ana:b@proxy.example:8080",
          "http://anna:b\x7f@proxy.example:8080"})
    {
        BOOST_TEST_CONTEXT(address)
        {
            BOOST_TEST(parsed(address) == "proxy_invalid");
        }
    }
}

BOOST_AUTO_TEST_CASE(other_kinds_of_proxies_are_refused_as_such)
{
    for (const auto* const address :
         {"https://proxy.example:8080",
          "socks4://proxy.example:1080",
          "socks5://proxy.example:1080",
          "socks5h://anna:b@proxy.example:1080",
          "://proxy.example",
          "httpx://proxy.example"})
    {
        BOOST_TEST(parsed(address) == "proxy_scheme_not_supported");
    }
}

BOOST_AUTO_TEST_CASE(user_name_and_password_are_shown_as_one_value)
{
    BOOST_TEST(parsed("http://anna:b@proxy.example:8080") == basic("anna:b"));
    BOOST_TEST(parsed("anna:b@proxy.example:8080") == basic("anna:b"));
    BOOST_TEST(parsed("http://anna@proxy.example:8080") == basic("anna:"));
    BOOST_TEST(parsed("http://anna:@proxy.example:8080") == basic("anna:"));
    BOOST_TEST(parsed("http://:b@proxy.example:8080") == basic(":b"));
    BOOST_TEST(parsed("http://anna:b:c@proxy.example:8080") == basic("anna:b:c"));
    BOOST_TEST(parsed("http://anna:b@c@proxy.example:8080") == basic("anna:b@c"));
    BOOST_TEST(parsed("http://an%20na:%40%3a%2F%25+@proxy.example:8080") == basic("an na:@:/%+"));
    BOOST_TEST(parsed("http://anna:%c3%A4@proxy.example:8080") == basic("anna:\xc3\xa4"));
}

BOOST_AUTO_TEST_CASE(environment_is_read_as_others_read_it)
{
    BOOST_TEST(chosen({}).empty());
    BOOST_TEST(chosen({{"HTTPS_PROXY", "http://a:1"}}) == "a:1");
    BOOST_TEST(chosen({{"ALL_PROXY", "http://a:1"}}) == "a:1");
    BOOST_TEST(chosen({{"all_proxy", "http://a:1"}}) == "a:1");
    BOOST_TEST(chosen({{"HTTPS_PROXY", "http://a:1"}, {"https_proxy", "http://b:1"}}) == "b:1");
    BOOST_TEST(chosen({{"ALL_PROXY", "http://a:1"}, {"all_proxy", "http://b:1"}}) == "b:1");
    BOOST_TEST(chosen({{"all_proxy", "http://a:1"}, {"HTTPS_PROXY", "http://b:1"}}) == "b:1");
    BOOST_TEST(chosen({{"https_proxy", " "}, {"HTTPS_PROXY", "http://b:1"}}) == "b:1");
}

// "httpoxy": a web server hands the field Proxy of a request to programs as HTTP_PROXY.
BOOST_AUTO_TEST_CASE(variable_that_a_web_request_can_set_is_not_read)
{
    for (const auto* const name : {"HTTP_PROXY", "http_proxy", "PROXY", "Http_Proxy"})
    {
        BOOST_TEST(chosen({{name, "http://a:1"}}).empty());
        BOOST_TEST(chosen({{name, "http://a:1"}, {"REQUEST_METHOD", "GET"}}).empty());
        BOOST_TEST(chosen({{name, "http://a:1"}, {"ALL_PROXY", "http://b:1"}}) == "b:1");
    }
}

BOOST_AUTO_TEST_CASE(variable_that_cannot_be_used_is_named_without_what_it_says)
{
    const auto wrong = chosen({{"ALL_PROXY", "socks5://anna:canary@proxy.example"}});
    BOOST_TEST(wrong.starts_with("proxy_scheme_not_supported: The variable ALL_PROXY: "));
    BOOST_TEST(wrong.find("canary") == std::string::npos);
    const auto port = chosen({{"https_proxy", "http://anna:canary@proxy.example:x"}});
    BOOST_TEST(port.starts_with("proxy_invalid: The variable https_proxy: "));
    BOOST_TEST(port.find("canary") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(exceptions_of_the_environment_are_those_of_the_first_variable_that_is_set)
{
    const auto exceptions = [](std::map<std::string, std::string> values) {
        values["HTTPS_PROXY"] = "http://a:1";
        environment of;
        of.values = std::move(values);
        return proxy_settings::from_environment(of).value().exceptions();
    };
    using list = std::vector<std::string>;
    BOOST_TEST((exceptions({}) == list()));
    BOOST_TEST(
        (exceptions({{"NO_PROXY", "A.example, ,b\t,,c d,"}}) == list{"a.example", "b", "c", "d"})
    );
    BOOST_TEST((exceptions({{"NO_PROXY", "a"}, {"no_proxy", "b"}}) == list{"b"}));
}

BOOST_AUTO_TEST_CASE(environment_of_the_process_is_read_if_no_other_is_given)
{
    ::setenv("https_proxy", "http://anna:b@of-process.example:81", 1);
    const auto p = proxy_settings::from_environment();
    ::unsetenv("https_proxy");
    BOOST_TEST(p.value().address().authority() == "of-process.example:81");
}

BOOST_AUTO_TEST_CASE(without_a_proxy_none_is_used)
{
    const proxy_settings none;
    BOOST_TEST(none.empty());
    BOOST_TEST(!none.is_used_for(url::parse("https://a.example/").value()));
    BOOST_TEST(!proxy_settings::parse("http://proxy.example").value().is_used_for(url()));
}

BOOST_AUTO_TEST_CASE(loopback_hosts_are_always_excepted)
{
    for (const auto* const target :
         {"http://localhost/", "https://a.localhost/", "http://127.1.2.3/", "https://[::1]:8443/"})
    {
        BOOST_TEST(!is_used("", target));
    }
    BOOST_TEST(is_used("", "https://10.0.0.1/"));
    BOOST_TEST(is_used("", "https://localhost.example/"));
}

BOOST_AUTO_TEST_CASE(name_stands_for_itself_and_those_under_it)
{
    for (const auto* const except :
         {"a.example", ".a.example", "*.a.example", "A.EXAMPLE", "a.example.", "x,a.example", "*"})
    {
        BOOST_TEST_CONTEXT(except)
        {
            BOOST_TEST(!is_used(except, "https://a.example/"));
            BOOST_TEST(!is_used(except, "https://A.Example:8443/"));
            BOOST_TEST(!is_used(except, "https://c.b.a.example/"));
            BOOST_TEST(is_used(except, "https://ba.example/") == (std::string_view(except) != "*"));
        }
    }
    BOOST_TEST(is_used("b.a.example", "https://a.example/"));
    BOOST_TEST(is_used("a.example", "https://a.example.org/"));
    for (const auto* const nothing :
         {"", " , ", ".", "*.", "**", "*a.example", "a.*", "..a.example", ":443", "["})
    {
        BOOST_TEST_CONTEXT(nothing)
        {
            BOOST_TEST(is_used(nothing, "https://a.example/"));
            BOOST_TEST(is_used(nothing, "https://192.0.2.1/"));
        }
    }
}

BOOST_AUTO_TEST_CASE(port_limits_an_exception)
{
    BOOST_TEST(!is_used("a.example:8443", "https://b.a.example:8443/"));
    BOOST_TEST(is_used("a.example:8443", "https://a.example/"));
    BOOST_TEST(!is_used("a.example:443", "https://a.example/"));
    BOOST_TEST(!is_used("192.0.2.1:443", "https://192.0.2.1/"));
    BOOST_TEST(is_used("192.0.2.1:444", "https://192.0.2.1/"));
    BOOST_TEST(!is_used("[2001:db8::1]:443", "https://[2001:db8::1]/"));
    BOOST_TEST(is_used("[2001:db8::1]:444", "https://[2001:db8::1]/"));
    for (const auto* const wrong : {"a.example:", "a.example:0", "a.example:x", "a.example:99999"})
    {
        BOOST_TEST(is_used(wrong, "https://a.example/"));
    }
}

BOOST_AUTO_TEST_CASE(address_and_network_stand_for_addresses_in_urls)
{
    BOOST_TEST(!is_used("192.0.2.1", "https://192.0.2.1/"));
    BOOST_TEST(is_used("192.0.2.1", "https://192.0.2.11/"));
    BOOST_TEST(is_used("2.1", "https://192.0.2.1/")); // no suffix of an address is one
    BOOST_TEST(!is_used("192.0.2.0/24", "https://192.0.2.1/"));
    BOOST_TEST(is_used("192.0.3.0/24", "https://192.0.2.1/"));
    BOOST_TEST(!is_used("0.0.0.0/0", "https://192.0.2.1/"));
    BOOST_TEST(is_used("0.0.0.0/0", "https://[2001:db8::1]/"));
    BOOST_TEST(is_used("192.0.2.0/33", "https://192.0.2.1/"));
    BOOST_TEST(is_used("192.0.2.0/", "https://192.0.2.1/"));
    for (const auto* const except :
         {"2001:db8::1", "[2001:db8::1]", "2001:DB8:0::1", "2001:db8::/32"})
    {
        BOOST_TEST_CONTEXT(except)
        {
            BOOST_TEST(!is_used(except, "https://[2001:db8::1]/"));
            BOOST_TEST(is_used(except, "https://[2001:db9::1]/"));
        }
    }
    BOOST_TEST(is_used("192.0.2.0/24", "https://a.example/"));
}

BOOST_AUTO_TEST_CASE(percent_sign_has_two_hexadecimal_digits_behind_it)
{
    BOOST_TEST(parsed("http://anna:%6A%6b@proxy.example:8080") == basic("anna:jk"));
    for (const auto* const wrong : {"%", "%4", "%zz", "%-4", "%+4", "% 4", "%4z", "%x4"})
    {
        BOOST_TEST(
            parsed("http://anna:" + std::string(wrong) + "@proxy.example:8080") == "proxy_invalid",
            wrong
        );
        BOOST_TEST(
            parsed("http://" + std::string(wrong) + ":b@proxy.example:8080") == "proxy_invalid",
            wrong
        );
    }
}

BOOST_AUTO_TEST_CASE(exception_for_addresses_that_is_none_excepts_nothing)
{
    // What cannot be read must not pass for the address that stands for any.
    for (const auto* const wrong :
         {"x",
          "[",
          "[]",
          "]",
          "[0.0.0.0",
          "0.0.0.0]",
          "0.0.0.0:1x",
          "0.0.0.0:",
          "0.0.0",
          "0.0.0.0/x"})
    {
        BOOST_TEST(is_used(wrong, "https://0.0.0.0/"), wrong);
    }
    BOOST_TEST(!is_used("0.0.0.0", "https://0.0.0.0/"));
    BOOST_TEST(!is_used("[0.0.0.0]", "https://0.0.0.0/"));
    for (const auto* const wrong : {"[2001:db8::1", "2001:db8::1]", "[2001:db8::1]:x", "[::", "::"})
        BOOST_TEST(is_used(wrong, "https://[2001:db8::1]/"), wrong);
    BOOST_TEST(is_used("[2001:db8::]/32", "https://192.0.2.1/"));
}

BOOST_AUTO_TEST_CASE(process_without_the_variables_has_no_proxy)
{
    for (const auto* const name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
        ::unsetenv(name);
    BOOST_TEST(proxy_settings::from_environment().value().empty());
}

BOOST_AUTO_TEST_SUITE_END()
