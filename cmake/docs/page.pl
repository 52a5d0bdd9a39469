#!/usr/bin/perl
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# A page of Markdown as Doxygen 1.9 wants it: headings get the anchors that GitHub gives them, with
# the page's name in front, and links between pages become references to those. A link to a file
# that is no page becomes its name. Run by Doxygen on each *.md:
#
#   page.pl FILE

use strict;
use warnings;
use File::Basename qw(basename dirname);
use Cwd qw(abs_path getcwd);

my $top = getcwd();
my $file = abs_path($ARGV[0]);
$file =~ s{^\Q$top\E/}{};

sub plain
{
    my @parts;
    for my $part (split m{/}, $_[0])
    {
        next if $part eq '' || $part eq '.';
        if ($part eq '..') { pop @parts; }
        else { push @parts, $part; }
    }
    return join '/', @parts;
}

sub id_of { return lc(basename($_[0], '.md')) . '_page'; }

sub reference
{
    my ($text, $target) = @_;
    return "[$text]($target)" if $target =~ /^[a-z]+:/;
    my ($path, $anchor) = $target =~ /^([^#]*)(?:#(.*))?$/;
    my $to = $path eq '' ? $file : plain(dirname($file) . "/$path");
    if ($to =~ m{^(?:README|CHANGELOG|cmake/docs/[\w-]+)\.md$})
    {
        return "\@ref index \"$text\"" if $to eq 'README.md' && !defined $anchor;
        return '@ref ' . id_of($to) . (defined $anchor ? "_$anchor" : '') . " \"$text\"";
    }
    my $name = basename($to);
    return index($text, $name) >= 0 ? $text : "$text (`$to`)";
}

open my $in, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
my $code = 0;
my %seen;
while (my $line = <$in>)
{
    $code = !$code if $line =~ /^\s*```/;
    if (!$code && $line =~ /^(#{1,6})\s+(.*?)\s*#*$/)
    {
        my ($depth, $title) = ($1, $2);
        my $anchor = lc $title;
        $anchor =~ s/\[([^\]]*)\]\([^)]*\)/$1/g;
        $anchor =~ s/[^a-z0-9 _-]//g;
        $anchor =~ tr/ /-/;
        my $n = $seen{$anchor}++;
        $anchor .= "-$n" if $n;
        my $id = id_of($file) . ($depth eq '#' ? '' : "_$anchor");
        print "$depth $title {#$id}\n";
        next;
    }
    if (!$code)
    {
        $line =~ s/(`[^`]*`)|\[((?:[^\[\]`]|`[^`]*`)+)\]\(([^)\s]+)\)/$1 \/\/ reference($2, $3)/ge;
        # An IPv6 address is no name in the global namespace.
        $line =~ s/`(::[0-9a-f:.]+)`|(?<![\w:`])::(?=[0-9a-f])/defined $1 ? "<code>\\$1<\/code>" : '\\::'/ge;
    }
    print $line;
}
