// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/pages.hpp"

#include <asioauth/protocol/pkce.hpp>

namespace asioauth::detail {

std::string_view style_sheet() noexcept
{
    return R"css(:root {
  --ink: #1c1e21; --soft: #5a6068; --line: #d9dce1; --page: #f5f6f8; --card: #ffffff;
  --accent: #2456c7; --on-accent: #ffffff; --good: #17663a; --good-page: #e3f4e9;
  --warn: #7a4b00; --warn-page: #fdf0d5; --bad: #9c1c1c; --bad-page: #fbe6e6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8eaed; --soft: #a6adb7; --line: #3a3f47; --page: #15171a; --card: #1e2125;
    --accent: #8fb1ff; --on-accent: #10131a; --good: #8fd9ab; --good-page: #173524;
    --warn: #f3c777; --warn-page: #3a2c10; --bad: #ff9d9d; --bad-page: #401a1a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
.wide { max-width: 46rem; margin: 0 auto; padding: 0 1rem; }
main.wide { padding-block: 1.5rem 4rem; }
.top { background: var(--card); border-block-end: 1px solid var(--line); }
.top .wide { display: flex; gap: 1rem; align-items: center; min-height: 3.25rem; }
.top p { margin: 0; }
.top .brand { font-weight: 600; margin-inline-end: auto; }
.who { color: var(--soft); }
a { color: var(--accent); text-underline-offset: .15em; }
.brand a { color: inherit; text-decoration: none; }
.brand a:hover { text-decoration: underline; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
section { margin-block-end: 1.5rem; }
section > p:first-of-type { margin-block-start: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem; }
.attention { border-inline-start: .3rem solid var(--warn); }
.notice { background: var(--bad-page); color: var(--bad); border-radius: .75rem;
  padding: .25rem 1.25rem; margin-block-end: 1.5rem; }
.head { display: flex; gap: 1rem; align-items: center; margin-block-end: .75rem; }
.head h1 { margin: 0; }
.head .badge { margin-inline-start: auto; }
.host { margin: 0; color: var(--soft); font-size: .925rem; }
.icon { width: 2.5rem; height: 2.5rem; border-radius: .5rem; flex: none; object-fit: contain; }
.letter { display: grid; place-items: center; background: var(--accent); color: var(--on-accent);
  font-weight: 600; font-size: 1.2rem; text-transform: uppercase; }
.badge { font-size: .85rem; font-weight: 600; padding: .15rem .7rem; border-radius: 1rem;
  white-space: nowrap; background: var(--warn-page); color: var(--warn); }
.badge.connected { background: var(--good-page); color: var(--good); }
.badge.failed { background: var(--bad-page); color: var(--bad); }
.integrations { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
.integrations .card { display: flex; gap: 1rem; align-items: center; padding: .9rem 1.25rem;
  position: relative; }
.integrations .card:hover { border-color: var(--accent); }
.what { margin-inline-end: auto; min-width: 0; }
.what a { font-weight: 600; color: inherit; text-decoration: none; }
.what a::after { content: ""; position: absolute; inset: 0; border-radius: .75rem; }
.what a:hover { text-decoration: underline; }
.empty { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.25rem; margin: 1rem 0; }
dt { color: var(--soft); }
dd { margin: 0; }
.scopes { margin: 0; padding-inline-start: 1.1rem; }
.scopes code, .tools code { color: var(--soft); }
.tools { padding-inline-start: 1.1rem; }
.tools p { margin: .1rem 0 .6rem; color: var(--soft); }
.links { display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; }
label { display: block; font-weight: 600; margin-block-end: .25rem; }
form { margin: 0; }
form p { margin: 0 0 .75rem; }
input { width: 100%; font: inherit; color: inherit; background: var(--page); padding: .55rem .75rem;
  border: 1px solid var(--soft); border-radius: .5rem; }
input[readonly] { border-style: dashed; }
button, .button { display: inline-block; font: inherit; font-weight: 600; cursor: pointer;
  padding: .55rem 1.1rem; border-radius: .5rem; border: 1px solid var(--soft);
  background: transparent; color: inherit; text-decoration: none; }
button.main, .button { background: var(--accent); border-color: var(--accent);
  color: var(--on-accent); }
button.danger { border-color: var(--bad); color: var(--bad); }
button.quiet { border-color: transparent; color: var(--soft); text-decoration: underline;
  padding-inline: 0; margin-block-start: .5rem; }
button:hover, .button:hover { filter: brightness(1.08); }
:focus-visible { outline: .2rem solid var(--accent); outline-offset: .15rem; }
.row { display: flex; gap: .75rem; }
.row input { flex: 1; min-width: 0; }
.row button { flex: none; }
.line { display: flex; gap: .75rem; align-items: end; }
.line p { flex: 1; margin: 0; }
.hint { color: var(--soft); font-size: .925rem; margin: .5rem 0 0; }
details { margin-block-start: 1rem; }
summary { cursor: pointer; font-weight: 600; }
details > p:first-of-type { margin-block: .5rem .75rem; }
pre { background: var(--page); border: 1px solid var(--line); border-radius: .5rem;
  padding: .75rem; margin: .25rem 0; overflow-x: auto; direction: ltr; text-align: start; }
code { font: .9em/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 34rem) {
  .row, .line { flex-direction: column; align-items: stretch; }
  .head { flex-wrap: wrap; }
  .head .badge { margin-inline-start: 0; }
  .integrations .card { flex-wrap: wrap; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dt { margin-block-start: .6rem; }
}
@media (prefers-reduced-motion: no-preference) {
  button, .button, .card { transition: border-color .15s, filter .15s; }
}
)css";
}

std::string_view script() noexcept
{
    return R"js("use strict";
(() => {
  const base = document.documentElement.dataset.base || "";
  const shape = /^[0-9a-f]{32}$/;
  const channel = "BroadcastChannel" in window
    ? new BroadcastChannel("asioauth-hub " + base) : null;

  // The last page of a login in a window of its own: tell the page behind it, and go.
  const done = document.querySelector("[data-login-done]");
  if (done) {
    if (channel) channel.postMessage({ connected: done.dataset.loginDone });
    window.close();
    return;
  }
  if (channel) channel.onmessage = (event) => {
    const id = event.data && event.data.connected;
    if (typeof id === "string" && shape.test(id) && document.querySelector("form[data-login]"))
      location.assign(base + "/integrations/" + id);
  };

  // A login opens in a window of its own, where there is room for one and it is allowed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-login") || !channel || window.innerWidth < 720) return;
    const popup = window.open("", "asioauth-login", "popup,width=560,height=760");
    if (!popup) return;
    form.target = "asioauth-login";
    if (!form.elements.popup) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "popup";
      field.value = "1";
      form.append(field);
    }
  });

  // Badges follow what happens elsewhere.
  const badges = new Map();
  for (const badge of document.querySelectorAll("[data-badge]"))
    badges.set(badge.dataset.badge, badge);
  const live = document.querySelector("[data-live]");
  if (!live || !("EventSource" in window)) return;
  const isList = document.querySelector(".integrations, .empty") !== null;
  const busy = () => {
    const at = document.activeElement;
    if (at && at.matches("input") && !at.readOnly) return true;
    return document.querySelector("details[open]") !== null;
  };
  let tools = null;
  const events = new EventSource(base + "/events");
  events.addEventListener("badges", (event) => {
    const all = JSON.parse(event.data);
    let reload = isList && all.length !== badges.size;
    const seen = {};
    for (const one of all) {
      const badge = badges.get(one.id);
      if (!badge) { reload = reload || isList; continue; }
      seen[one.id] = one.tools_at;
      if (!badge.classList.contains(one.status)) {
        badge.className = "badge " + one.status;
        badge.textContent = one.status_text;
        live.textContent = one.status_text;
        reload = reload || !isList;
      }
    }
    if (!isList && tools)
      for (const id in seen) if (tools[id] !== seen[id]) reload = true;
    tools = seen;
    if (reload && !busy()) location.reload();
  });
  window.addEventListener("pagehide", () => events.close());
})();
)js";
}

const std::string& asset_version()
{
    static const std::string version = [] {
        const std::string both = std::string(style_sheet()) + std::string(script());
        constexpr std::size_t enough = 12;
        return make_code_challenge(secret(both)).substr(0, enough);
    }();
    return version;
}

} // namespace asioauth::detail
