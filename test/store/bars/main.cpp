// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What sessions and stores have promised, measured with whole processes: `store_bars BAR...`.

#include "bars.hpp"

#include <algorithm>

namespace {

using namespace asioauth::bars; // NOLINT(google-build-using-namespace)

int usage()
{
    std::fputs(
        "store_bars rotations STORE PROCESSES ROUNDS VICTIMS\n"
        "store_bars kills POSTGRES|- AT-LEAST\n"
        "store_bars callers STORE\n"
        "store_bars takes STORE\n"
        "store_bars outage SECONDS\n"
        "store_bars nodes STORE LOGINS\n"
        "STORE is memory, sqlite:FILE or postgres:CONNECTION.\n",
        stderr
    );
    return 64;
}

int run(const std::string& bar, const std::vector<std::string>& a)
{
    if (bar == "rotations-worker" && a.size() == 2)
        return rotations_worker(a);
    if (bar == "nodes-worker" && a.size() == 1)
        return nodes_worker(a);
    if (bar == "rotations" && a.size() == 4)
        return rotations(a[0], std::stoi(a[1]), std::stoi(a[2]), std::stoi(a[3])) ? 0 : 1;
    if (bar == "kills" && a.size() == 2)
        return kills(a[0] == "-" ? "" : a[0], std::stoi(a[1])) ? 0 : 1;
    if (bar == "callers" && a.size() == 1)
        return callers(a[0]) ? 0 : 1;
    if (bar == "takes" && a.size() == 1)
        return takes(a[0]) ? 0 : 1;
    if (bar == "outage" && a.size() == 1)
        return outage(std::stoi(a[0])) ? 0 : 1;
    if (bar == "nodes" && a.size() == 2)
        return nodes(a[0], std::stoi(a[1])) ? 0 : 1;
    return usage();
}

} // namespace

int main(int argc, char** argv)
{
    ::signal(SIGPIPE, SIG_IGN);
    if (argc < 2)
        return usage();
    try
    {
        return run(argv[1], std::vector<std::string>(argv + 2, argv + argc));
    }
    catch (const std::exception& e)
    {
        std::fprintf(stderr, "store_bars %s: %s\n", argv[1], e.what());
        return 70;
    }
}
