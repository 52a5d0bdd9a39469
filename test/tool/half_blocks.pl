#!/usr/bin/perl
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# half_blocks.pl [dark]: the half blocks of the standard input as a picture (PBM), for a reader of
# codes. They are drawn light on dark, unless `dark` says the opposite.

use strict;
use warnings;
use open qw(:std :utf8);

my $blocks_are_dark = @ARGV && $ARGV[0] eq 'dark';
my ($full, $upper, $lower) = ("\x{2588}", "\x{2580}", "\x{2584}");
my $scale = 4;
my @rows;
while (<STDIN>) {
    s/\e\[[0-9;]*m//g;
    s/[\r\n]//g;
    next unless /^[$full$upper$lower ]{20,}$/;
    for my $half ($upper, $lower) {
        push @rows, [map { ($_ eq $full || $_ eq $half) == $blocks_are_dark ? 1 : 0 } split //];
    }
}
die "there is no picture\n" unless @rows;
printf "P1\n%d %d\n", $scale * @{$rows[0]}, $scale * @rows;
for my $row (@rows) {
    my $line = join(' ', map { ($_) x $scale } @$row) . "\n";
    print $line x $scale;
}
