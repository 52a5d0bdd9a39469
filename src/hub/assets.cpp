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
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
.wide { max-width: 46rem; margin: 0 auto; padding: 0 1rem; }
main.wide { padding-block: 1.5rem 4rem; }
.top { background: var(--card); border-block-end: 1px solid var(--line); }
.top .wide { display: flex; gap: 1rem; align-items: center; min-height: 3.5rem; }
.top p, .top h1 { margin: 0; }
.top .brand { font-size: 1.1rem; font-weight: 600; margin-inline-end: auto; }
.who { color: var(--soft); }
a { color: var(--accent); text-underline-offset: .15em; }
.brand a { color: inherit; text-decoration: none; padding-block: .4rem; }
.brand a:hover { text-decoration: underline; }
.arrow { color: var(--soft); }
[dir="rtl"] .arrow { display: inline-block; transform: scaleX(-1); }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: 0 0 .75rem; }
section { margin-block-end: 1.5rem; }
section > h2:not(:first-child) { margin-block-start: 1.5rem; }
.count { color: var(--soft); font-weight: 400; margin-inline-start: .2rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem; }
.card > :last-child, .card > form:last-child > :last-child { margin-block-end: 0; }
.attention { border-inline-start: .3rem solid var(--warn); }
.notice { background: var(--bad-page); color: var(--bad); border-radius: .5rem;
  padding: .75rem 1rem; margin-block-end: 1.25rem; }
.notice p { margin: 0; }
.notice p + p { margin-block-start: .25rem; }
q { font-style: italic; }
.head { display: grid; grid-template-columns: auto 1fr auto; column-gap: 1rem;
  align-items: center; margin-block-end: .75rem; }
.head h1 { margin: 0; }
.host { margin: 0; color: var(--soft); font-size: .925rem; }
.about { max-width: 40rem; }
.icon { width: 2.5rem; height: 2.5rem; border-radius: .5rem; flex: none; object-fit: contain; }
.letter { display: grid; place-items: center; background: var(--accent); color: var(--on-accent);
  font-weight: 600; font-size: 1.2rem; text-transform: uppercase; }
.badge { font-size: .85rem; font-weight: 600; padding: .15rem .7rem; border-radius: 1rem;
  white-space: nowrap; background: var(--warn-page); color: var(--warn); }
.badge.connected { background: var(--good-page); color: var(--good); }
.badge.failed { background: var(--bad-page); color: var(--bad); }
.integrations { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
.integrations .card { display: grid; grid-template-columns: auto 1fr auto; gap: 0 1rem;
  align-items: center; padding: .9rem 1.25rem; position: relative; }
.integrations .card:hover { border-color: var(--accent); }
.what { min-width: 0; }
.what a { font-weight: 600; color: inherit; text-decoration: none; }
.what a::after { content: ""; position: absolute; inset: 0; border-radius: .75rem; }
.what a:hover { text-decoration: underline; }
.what a:focus-visible { outline: none; }
.what a:focus-visible::after { outline: .2rem solid var(--accent); outline-offset: .15rem; }
.empty { color: var(--soft); }
p.card.empty { border-style: dashed; background: transparent; text-align: center;
  padding-block: 2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.25rem;
  margin: 1rem 0 1.25rem; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
.scopes { margin: 0; padding: 0; list-style: none; }
.card > .scopes { margin-block-end: 1rem; padding-inline-start: 1.1rem; list-style: disc; }
.scopes code, .tools code { color: var(--soft); margin-inline-start: .25rem; }
.scopes li + li { margin-block-start: .15rem; }
.tools { list-style: none; margin: 0 0 1rem; padding: 0; }
.tools li { padding-block: .6rem; border-block-start: 1px solid var(--line); }
.tools li:first-child { border: 0; padding-block-start: 0; }
.tools p { margin: .1rem 0 0; color: var(--soft); }
.links { display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; margin-block-end: 1rem; }
label { font-weight: 600; }
p.label { margin-block-end: .35rem; }
p > label { display: block; margin-block-end: .25rem; }
p + .hint { margin-block: -.5rem .75rem; }
form { margin: 0; }
input { width: 100%; font: inherit; color: inherit; background: var(--page); padding: .55rem .75rem;
  border: 1px solid var(--soft); border-radius: .5rem; }
input::placeholder { color: var(--soft); opacity: 1; }
input[readonly] { border-style: dashed; }
input[aria-invalid] { border-color: var(--bad); }
button, .button { display: inline-block; font: inherit; font-weight: 600; cursor: pointer;
  padding: .55rem 1.1rem; border-radius: .5rem; border: 1px solid var(--soft);
  background: transparent; color: inherit; text-decoration: none; text-align: center; }
button.main, .button { background: var(--accent); border-color: var(--accent);
  color: var(--on-accent); }
button.danger { border-color: var(--bad); color: var(--bad); }
button.quiet { border-color: transparent; color: var(--soft); text-decoration: underline;
  text-underline-offset: .15em; }
.choices > form:only-child > .quiet { padding-inline: 0; }
button:hover, .button:hover { filter: brightness(1.08); }
:focus-visible { outline: .2rem solid var(--accent); outline-offset: .15rem; }
.choices { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center;
  margin-block-start: 1.25rem; }
.row { display: flex; gap: .75rem; }
.row input { flex: 1; min-width: 0; }
.row button { flex: none; }
.line { display: flex; gap: .75rem; align-items: end; }
.line p { flex: 1; margin: 0; }
.hint { color: var(--soft); font-size: .925rem; margin: .5rem 0 .75rem; }
details { margin-block-start: 1rem; }
details.more { margin-block: .25rem 0; }
.tools + details.more { margin-block: -.25rem 1rem; }
summary { cursor: pointer; font-weight: 600; padding-block: .15rem; width: fit-content; }
.more > summary { font-weight: 400; color: var(--accent); text-decoration: underline;
  text-underline-offset: .15em; }
.more[open] > summary { margin-block-end: .5rem; }
details > p:first-of-type { margin-block: .5rem .75rem; }
pre { background: var(--page); border: 1px solid var(--line); border-radius: .5rem;
  padding: .75rem; margin: .25rem 0; overflow-x: auto; direction: ltr; text-align: start; }
code { font: .9em/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 34rem) {
  main.wide { padding-block: 1rem 3rem; }
  .card { padding: 1rem; }
  h1 { font-size: 1.35rem; }
  .row, .line { flex-direction: column; align-items: stretch; }
  .head .badge, .integrations .badge { grid-column: 2; justify-self: start;
    margin-block-start: .35rem; }
  .integrations .card { padding: .9rem 1rem; }
  .head, .integrations .card { align-items: start; }
  .choices > form:not(:only-child), .choices > .button { flex: 1 0 auto; }
  .choices > form > button.main { width: 100%; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dt { margin-block-start: .6rem; font-size: .925rem; }
}
@media (prefers-reduced-motion: no-preference) {
  button, .button, .card { transition: border-color .15s, filter .15s; }
}
@media (forced-colors: active) {
  .badge, .letter { border: 1px solid; }
}
)css";
}

std::string_view script() noexcept
{
    return R"js("use strict";
(() => {
  const base = document.documentElement.dataset.base || "";
  const shape = /^[0-9a-f]{32}$/;
  const popupName = "asioauth-login";
  const channel = "BroadcastChannel" in window
    ? new BroadcastChannel("asioauth-hub " + base) : null;

  // An authorization server's answer, on its way from this site.
  const relay = document.querySelector("form[data-relay]");
  if (relay) {
    relay.submit();
    return;
  }
  // The last page of a login in a window of its own: tell the page behind it, and go.
  const done = document.querySelector("[data-login-done]");
  if (done) {
    if (channel) channel.postMessage({ connected: done.dataset.loginDone });
    window.close();
    return;
  }
  // The page behind is the one that the login was begun on.
  if (channel) channel.onmessage = (event) => {
    const id = event.data && event.data.connected;
    if (typeof id !== "string" || !shape.test(id)) return;
    const page = base + "/integrations/" + id;
    if (document.querySelector('form[data-login][action="' + page + '/connect"]'))
      location.assign(page);
  };
  // The way back from such a window is the page behind it.
  document.addEventListener("click", (event) => {
    if (window.name !== popupName || !event.target.closest("[data-back]")) return;
    event.preventDefault();
    window.close();
  });

  // A login opens in a window of its own, where there is room for one and it is allowed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-login") || !channel || window.innerWidth < 720) return;
    if (window.name === popupName) return;
    const popup = window.open("", popupName, "popup,width=560,height=760");
    if (!popup) return;
    // Whoever the login is at does not reach the page behind it.
    popup.opener = null;
    form.target = popupName;
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
  const isList = document.querySelector(".integrations, .empty.card") !== null;
  const tools = document.querySelector("[data-tools-at]");
  let leaving = false;
  let due = false;
  // Nothing is taken away from under the hands of the user.
  const busy = () => {
    for (const field of document.querySelectorAll("input:not([type=hidden])"))
      if (field.value !== field.defaultValue) return true;
    const at = document.activeElement;
    return (at && at.matches("input") && !at.readOnly && at.value !== "")
      || document.querySelector("details[open]:not(.more)") !== null;
  };
  const renew = () => { if (due && !leaving && !busy()) location.reload(); };
  document.addEventListener("focusout", () => setTimeout(renew));
  document.addEventListener("toggle", () => setTimeout(renew), true);
  window.addEventListener("beforeunload", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });

  let events = null;
  const follow = () => {
    events = new EventSource(base + "/events");
    events.addEventListener("badges", (event) => {
      const all = JSON.parse(event.data);
      due = isList && all.length !== badges.size;
      for (const one of all) {
        const badge = badges.get(one.id);
        if (!badge) {
          due = due || isList;
          continue;
        }
        if (!badge.classList.contains(one.status)) {
          badge.className = "badge " + one.status;
          badge.textContent = one.status_text;
          live.textContent = one.status_text;
          due = due || !isList;
        }
        if (tools && tools.dataset.toolsAt !== String(one.tools_at)) due = true;
      }
      renew();
    });
  };
  follow();
  window.addEventListener("pagehide", () => events.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
})();
)js";
}

std::string_view picture() noexcept
{
    return R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#2456c7"/>
<circle cx="11" cy="16" r="5" fill="none" stroke="#fff" stroke-width="3"/>
<path d="M16 16h11M22 16v5M26 16v4" fill="none" stroke="#fff" stroke-width="3"/>
</svg>
)svg";
}

const std::string& asset_version()
{
    static const std::string version = [] {
        std::string both(style_sheet());
        both.append(script()).append(picture());
        constexpr std::size_t enough = 12;
        return make_code_challenge(secret(both)).substr(0, enough);
    }();
    return version;
}

} // namespace asioauth::detail
