# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# zsh -f completion.zsh COMPLETION LINE EXPECTED: types LINE and a Tab into a zsh, and succeeds once it
# has made EXPECTED of it.
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "TERM=dumb; PS1=; autoload -Uz compinit; compinit -D -u; source ${(q)1}; bindkey '^I' complete-word; print RE''ADY"
zpty -r z got '*READY*' || exit 1
zpty -w -n z "$2"$'\t'
zpty -r z got "*$3*"
