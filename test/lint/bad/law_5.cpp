// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// lint-as: src/flow/sample.cpp
// lint-wants: law_5 14

flow<int> bad(bool b, std::string s)
{
    co_await send({1, s});
    co_await send(params{s});
    auto r = co_await send(
        1,
        params{s, s}
    );
    co_await later([s] { return s; });
    co_await later([&](int x) -> int { return x; });
    co_await send(b ? s : "q");
    if (auto x = co_await send({s}); !x)
        co_return 1;
    if (co_await send(params{s}))
    {
        co_return 2;
    }
    auto nested = [&]() -> flow<int> { co_return co_await send({s}); };
    take({s}, co_await send(1));
    std::vector<int> v{co_await send(1), 2};
    while (co_await send(params{s}))
        ;
    for (auto x = co_await send({s}); x; x = next(x))
    {
        use(x);
    }
    co_return co_await send(b ? params(s) : params());
}

// None of these is a finding.
class good final : public base
{
public:
    flow<int> run() const noexcept
    {
        std::vector<std::string> names{"a", "b"};
        auto f = [this, names](int x) { return x ? 1 : 2; };
        int c = names.empty() ? 1 : 2;
        auto [a, d] = co_await send(params(s).one("x").two(names));
        if (c)
            co_await send("{?}");
        else if (a ? d : c)
            co_return 1;
        try
        {
            auto op = send({1, 2});
            co_await std::move(op);
            values[0] = co_await send(values[1]);
        }
        catch (std::exception const& e)
        {
            log({e.what()});
        }
        for (int i : {1, 2})
            co_await send(i);
        for (;;)
        {
            if (auto x = co_await send(c); x)
                co_return *x;
        }
        switch (co_await send(c))
        {
        case 1: co_return 2;
        default: break;
        }
        co_await send([] { return 1; });
        [[maybe_unused]] auto z = co_await send(1'000'000, 'x', '{');
        start(ex, [&]() -> flow<int> { co_return co_await send(1); }, token);
        co_return co_await send(R"({"a": "b?"})");
    }

private:
    int x_{0};
};
