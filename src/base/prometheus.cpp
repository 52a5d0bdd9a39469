// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/prometheus.hpp>

#include <algorithm>
#include <array>

namespace asioauth {
namespace {

constexpr std::size_t longest_label = 256;

bool is_label_name(std::string_view s)
{
    constexpr std::array<std::string_view, 7> used{
        "le", "operation", "outcome", "result", "stage", "state", "kind"};
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    if (s.empty() || !is_letter(s.front()) || s.starts_with("__"))
        return false;
    return std::all_of(
               s.begin(), s.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); }
           )
        && std::find(used.begin(), used.end(), s) == used.end();
}

// A decimal fraction of seconds, exact; `unit` of it are a second.
std::string seconds_of(std::uint64_t count, std::uint64_t unit)
{
    std::string out = std::to_string(count / unit);
    if (count % unit != 0)
        out += '.';
    for (std::uint64_t rest = count % unit * 10; rest != 0; rest = rest % unit * 10)
        out += char('0' + rest / unit);
    return out;
}

std::string of_bound(std::size_t i)
{
    return seconds_of(std::uint64_t(latency_histogram::bound(i).count()), 1'000'000);
}

// One client, with its labels as they are written.
class source
{
public:
    explicit source(const metrics& m) : values(&m) {}
    explicit source(const labelled_metrics& m) : values(&m.values())
    {
        std::vector<std::string_view> seen;
        for (const auto& [name, value] : m.labels())
        {
            if (!is_label_name(name) || std::find(seen.begin(), seen.end(), name) != seen.end())
                continue;
            seen.push_back(name);
            labels += (labels.empty() ? "" : ",") + name + "=\"";
            // Ends of lines are blanks now.
            for (const char c : presentable(value, longest_label))
            {
                if (c == '\\' || c == '"')
                    labels += '\\';
                labels += c;
            }
            labels += '"';
        }
    }

    const metrics* values;
    std::string labels;
};

class page
{
public:
    explicit page(std::vector<source> of) : of_(std::move(of)) {}

    // One family of metrics: `each` is called for every client and writes its samples.
    template <class Each>
    void family(std::string_view name, std::string_view type, std::string_view help, Each each)
    {
        name_ = name;
        text_.append("# HELP ").append(name).append(" ").append(help);
        text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
        for (const auto& s : of_)
        {
            source_ = &s;
            each(*s.values);
        }
    }

    void sample(std::uint64_t value, std::string_view labels = {})
    {
        line("", labels, std::to_string(value));
    }

    void histogram(const latency_histogram& h, std::string_view labels = {})
    {
        if (h.count() == 0)
            return;
        std::uint64_t so_far = 0;
        for (std::size_t i = 0; i != h.counts.size(); ++i)
        {
            so_far += h.counts[i];
            std::string all(labels);
            all += all.empty() ? "le=\"" : ",le=\"";
            all += i == latency_histogram::bounded ? std::string("+Inf") : of_bound(i);
            all += '"';
            line("_bucket", all, std::to_string(so_far));
        }
        line("_sum", labels, seconds_of(std::uint64_t(h.sum.count()), 1'000'000'000));
        line("_count", labels, std::to_string(so_far));
    }

    std::string text() { return std::move(text_); }

private:
    void line(std::string_view suffix, std::string_view labels, std::string_view value)
    {
        text_.append(name_).append(suffix);
        const std::string& fixed = source_->labels;
        if (!fixed.empty() || !labels.empty())
        {
            text_.append("{").append(fixed);
            text_.append(!fixed.empty() && !labels.empty() ? "," : "").append(labels).append("}");
        }
        text_.append(" ").append(value).append("\n");
    }

    std::vector<source> of_;
    const source* source_ = nullptr;
    std::string_view name_;
    std::string text_;
};

std::string label(std::string_view name, std::string_view value)
{
    std::string out(name);
    return out.append("=\"").append(value).append("\"");
}

void write_operations(page& to)
{
    const auto each_kind = [](const metrics& m, auto write) {
        for (std::size_t i = 0; i != m.operations.size(); ++i)
            write(m.operations[i], label("operation", name_of(operation_kind(i))));
    };
    to.family(
        "asioauth_operations_running",
        "gauge",
        "Operations under way.",
        [&](const metrics& m) {
            each_kind(m, [&](const operation_metrics& o, const std::string& kind) {
                to.sample(o.running, kind);
            });
        }
    );
    to.family(
        "asioauth_operations_total",
        "counter",
        "Operations that have ended, by how.",
        [&](const metrics& m) {
            each_kind(m, [&](const operation_metrics& o, const std::string& kind) {
                for (std::size_t i = 0; i != o.ended.size(); ++i)
                    to.sample(
                        o.ended[i], kind + "," + label("outcome", name_of(operation_outcome(i)))
                    );
            });
        }
    );
    to.family(
        "asioauth_operation_duration_seconds",
        "histogram",
        "How long operations took, users included.",
        [&](const metrics& m) {
            each_kind(m, [&](const operation_metrics& o, const std::string& kind) {
                to.histogram(o.time, kind);
            });
        }
    );
}

void write_requests(page& to)
{
    const auto each_stage = [](const metrics& m, auto write) {
        for (std::size_t i = 1; i != m.requests.size(); ++i)
        {
            const auto s = stage(i);
            const bool sends = s != stage::listener && s != stage::callback && s != stage::store;
            if (sends)
                write(m.requests[i], label("stage", name_of(s)));
        }
    };
    to.family(
        "asioauth_requests_total",
        "counter",
        "HTTP requests of operations, by step and result.",
        [&](const metrics& m) {
            each_stage(m, [&](const request_metrics& r, const std::string& where) {
                to.sample(r.succeeded, where + ",result=\"success\"");
                to.sample(r.client_errors, where + ",result=\"client_error\"");
                to.sample(r.server_errors, where + ",result=\"server_error\"");
                to.sample(r.unanswered, where + ",result=\"none\"");
            });
        }
    );
    to.family(
        "asioauth_request_duration_seconds",
        "histogram",
        "How long HTTP requests of operations took.",
        [&](const metrics& m) {
            each_stage(m, [&](const request_metrics& r, const std::string& where) {
                to.histogram(r.time, where);
            });
        }
    );
}

void write_network(page& to)
{
    const auto one = [&](std::string_view name,
                         std::string_view type,
                         std::string_view help,
                         std::uint64_t transport_metrics::*what) {
        to.family(name, type, help, [&](const metrics& m) { to.sample(m.network.*what); });
    };
    const auto times = [&](std::string_view name,
                           std::string_view help,
                           latency_histogram transport_metrics::*what) {
        to.family(name, "histogram", help, [&](const metrics& m) {
            to.histogram(m.network.*what);
        });
    };
    using t = transport_metrics;
    to.family("asioauth_connections", "gauge", "Connections, by state.", [&](const metrics& m) {
        to.sample(m.network.in_use, "state=\"in_use\"");
        to.sample(m.network.idle, "state=\"idle\"");
        to.sample(m.network.streams, "state=\"stream\"");
    });
    one("asioauth_connection_waiters", "gauge", "Requests that wait for a connection.", &t::waiting
    );
    one("asioauth_connections_opened_total", "counter", "Connections that were made.", &t::opened);
    one("asioauth_connections_reused_total",
        "counter",
        "Times that a kept connection was used again.",
        &t::reused);
    one("asioauth_connect_failures_total",
        "counter",
        "Connections that could not be made.",
        &t::connect_failures);
    times(
        "asioauth_connect_duration_seconds",
        "How long connections took to make, TLS included.",
        &t::connecting
    );
    to.family(
        "asioauth_tls_handshakes_total",
        "counter",
        "TLS handshakes, by kind.",
        [&](const metrics& m) {
            to.sample(m.network.full_handshakes, "kind=\"full\"");
            to.sample(m.network.resumed_handshakes, "kind=\"resumed\"");
            to.sample(m.network.handshake_failures, "kind=\"failed\"");
        }
    );
    times(
        "asioauth_tls_handshake_duration_seconds", "How long TLS handshakes took.", &t::handshaking
    );
    one("asioauth_http_requests_total",
        "counter",
        "Requests that the transport was given.",
        &t::requests);
    one("asioauth_http_failures_total",
        "counter",
        "Requests of the transport without a response.",
        &t::failures);
    one("asioauth_http_redirects_total", "counter", "Redirects that were followed.", &t::redirects);
    one("asioauth_http_retries_total",
        "counter",
        "Requests repeated because a kept connection was closed.",
        &t::retries);
}

void write_memory(page& to)
{
    to.family(
        "asioauth_documents",
        "gauge",
        "Metadata and key documents that are remembered.",
        [&](const metrics& m) { to.sample(m.documents.entries); }
    );
    to.family(
        "asioauth_documents_bytes",
        "gauge",
        "About how much memory the documents take.",
        [&](const metrics& m) { to.sample(m.documents.bytes); }
    );
    to.family(
        "asioauth_document_lookups_total",
        "counter",
        "Documents that were needed, by where they came from.",
        [&](const metrics& m) {
            to.sample(m.documents.hits, "result=\"hit\"");
            to.sample(m.documents.misses, "result=\"miss\"");
        }
    );
    to.family(
        "asioauth_document_shared_total",
        "counter",
        "Misses that waited for a request of another operation.",
        [&](const metrics& m) { to.sample(m.documents.shared); }
    );
    to.family(
        "asioauth_document_revalidations_total",
        "counter",
        "Misses whose server said that nothing has changed.",
        [&](const metrics& m) { to.sample(m.documents.revalidated); }
    );
    to.family(
        "asioauth_refreshes_total",
        "counter",
        "Tokens that had to be renewed, by how that ended.",
        [&](const metrics& m) {
            to.sample(m.refresh.done, "result=\"done\"");
            to.sample(m.refresh.shared, "result=\"shared\"");
            to.sample(m.refresh.ended, "result=\"ended\"");
            to.sample(m.refresh.failed, "result=\"failed\"");
        }
    );
    to.family(
        "asioauth_refresh_lease_waits_total",
        "counter",
        "Times of waiting for another process that renews the same.",
        [&](const metrics& m) { to.sample(m.refresh.waits); }
    );
    to.family(
        "asioauth_store_requests_total",
        "counter",
        "What the store was asked, by result.",
        [&](const metrics& m) {
            to.sample(m.store.done, "result=\"done\"");
            to.sample(m.store.failed, "result=\"failed\"");
        }
    );
    to.family(
        "asioauth_store_duration_seconds",
        "histogram",
        "How long the store took to answer.",
        [&](const metrics& m) { to.histogram(m.store.time); }
    );
}

std::string written(std::vector<source> of)
{
    page out(std::move(of));
    write_operations(out);
    write_requests(out);
    write_network(out);
    write_memory(out);
    return out.text();
}

} // namespace

std::string prometheus_text(const metrics& of)
{
    return written({source(of)});
}

std::string prometheus_text(const std::vector<labelled_metrics>& of)
{
    std::vector<source> all;
    all.reserve(of.size());
    for (const auto& one : of)
        all.emplace_back(one);
    return written(std::move(all));
}

} // namespace asioauth
