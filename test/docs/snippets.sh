#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Is the code in cmake/docs/*.md that of compiled files? A block of C++ or CMake stands below a comment
# that names its source,
#
#   <!-- example/04_authorization_code_flow.cpp [exchange] -->
#
# and is, line for line, what stands there between two lines that have nothing but a comment with the
# tag (`// [exchange]`, in CMake `# [exchange]`), without the indentation that all of its lines share.
# Doxygen's \snippet takes the same regions. Reported are blocks that differ or name nothing, and regions
# of example/ that are not closed or that no page shows.
#
#   test/docs/snippets.sh               ends with: snippets: N blocks in M pages
#   test/docs/snippets.sh --write       puts into the pages what the sources say
#   test/docs/snippets.sh --self-test   each of these mistakes, made on purpose, must be reported

set -eu

cd "$(dirname "$0")/../.."
exec perl - "$@" <<'PERL'
use strict;
use warnings;

# Pages for people who change the library: sketches of what is in src and test.
my %free = map { $_ => 1 } 'cmake/docs/architecture.md', 'cmake/docs/contributing.md';
my %changed;    # by the self-test: the text of a file instead of what is on the disk

sub text_of
{
    my ($file) = @_;
    return $changed{$file} if exists $changed{$file};
    open my $in, '<', $file or return undef;
    local $/;
    my $text = <$in>;
    return $text;
}

sub sources { return (glob('example/*.cpp example/*/*.cpp example/*/*.hpp example/*/CMakeLists.txt')); }

# The regions of a file: tag => text. What is wrong with its markers goes to @$found.
sub regions_of
{
    my ($file, $found) = @_;
    my (%open, %out);
    my $text = text_of($file);
    return undef if !defined $text;
    for my $line (split /\n/, $text, -1)
    {
        if ($line =~ m{^\s*(?://|#) \[([a-z_]+)\]$})
        {
            my $tag = $1;
            if (exists $open{$tag}) { $out{$tag} = delete $open{$tag}; }
            elsif (exists $out{$tag}) { push @$found, "$file: the region $tag is there twice"; }
            else { $open{$tag} = []; }
            next;
        }
        push @{$open{$_}}, $line for keys %open;
    }
    push @$found, "$file: the region $_ has no end" for sort keys %open;
    for my $tag (keys %out)
    {
        my @lines = @{$out{$tag}};
        my $least;
        for (grep { /\S/ } @lines)
        {
            my $n = length((/^( *)/)[0]);
            $least = $n if !defined $least || $n < $least;
        }
        $least //= 0;
        s/^ {$least}// for @lines;
        $out{$tag} = join '', map { "$_\n" } @lines;
    }
    return \%out;
}

sub check
{
    my ($write) = @_;
    my (@found, %shown, %known);
    my ($blocks, $pages) = (0, 0);
    for my $file (sources()) { $known{$file} = regions_of($file, \@found); }
    for my $page (glob 'cmake/docs/*.md')
    {
        next if $free{$page};
        my @lines = split /\n/, text_of($page);
        my @out;
        my $before = $blocks;
        my $source;    # what the comment just before names
        for (my $i = 0; $i < @lines; $i++)
        {
            my $line = $lines[$i];
            push @out, $line;
            if ($line =~ m{^<!-- (\S+) \[([a-z_]+)\] -->$})
            {
                $source = [$1, $2];
                push @found, "$page:" . ($i + 1) . ': no block follows'
                    if ($lines[$i + 1] // '') !~ /^```(?:cpp|cmake)$/;
                next;
            }
            my $named = $source;
            undef $source;
            next if $line !~ /^\s*```(\w*)/;
            my $language = $1;
            my $at = "$page:" . ($i + 1);
            my @block;
            push @block, $lines[$i] while ++$i < @lines && $lines[$i] !~ /^\s*```$/;
            my $is_code = $language =~ /^(?:cpp|cmake|c|cc|c\+\+)$/;
            push @found, "$at: a block without a source" if $is_code && !$named;
            if ($named)
            {
                my ($file, $tag) = @$named;
                $known{$file} //= regions_of($file, \@found);
                my $region = $known{$file} ? $known{$file}{$tag} : undef;
                $blocks++;
                $shown{"$file $tag"} = 1;
                if (!defined $region) { push @found, "$at: there is no region $tag in $file"; }
                elsif ($region ne join '', map { "$_\n" } @block)
                {
                    if ($write) { chomp(my $text = $region); @block = split /\n/, $text, -1; }
                    else { push @found, "$at: differs from the region $tag of $file"; }
                }
            }
            push @out, @block;
            push @out, $lines[$i] if $i < @lines;
        }
        $pages++ if $blocks > $before;
        if ($write)
        {
            open my $to, '>', $page or die "snippets: $page: $!\n";
            print $to map { "$_\n" } @out;
        }
    }
    for my $file (sort keys %known)
    {
        for my $tag (sort keys %{$known{$file} // {}})
        {
            push @found, "$file: no page shows the region $tag" if !$shown{"$file $tag"};
        }
    }
    return ("snippets: $blocks blocks in $pages pages", @found);
}

sub self_test
{
    my $page = 'cmake/docs/tutorial.md';
    my $lesson = 'example/04_authorization_code_flow.cpp';
    my $missed = 0;
    my @mistakes = (
        ['a word of a block changed', $page, sub { $_[0] =~ s/minutes\(2\)/minutes(3)/r }, 'differs from the region authorize'],
        ['a line of a source changed', $lesson, sub { $_[0] =~ s/minutes\(2\)/minutes(3)/r }, 'differs from the region authorize'],
        ['a line of a block gone', $page, sub { $_[0] =~ s/^ *authorization\.user_timeout.*\n//mr }, 'differs from the region authorize'],
        ['a region gone', $lesson, sub { $_[0] =~ s{^ *// \[authorize\]\n}{}mgr }, 'there is no region authorize'],
        ['a region without an end', $lesson, sub { $_[0] =~ s{^ *// \[authorize\]\n}{}mr }, 'the region authorize has no end'],
        ['a region twice', $lesson, sub { $_[0] . "// [exchange]\n// [exchange]\n" }, 'the region exchange is there twice'],
        ['a region that nobody shows', $lesson, sub { $_[0] . "// [unseen]\nint i;\n// [unseen]\n" }, 'no page shows the region unseen'],
        ['a block without a source', $page, sub { $_[0] . "\n```cpp\nint i;\n```\n" }, 'a block without a source'],
        ['a source without a block', $page, sub { $_[0] . "\n<!-- $lesson [exchange] -->\n\nText.\n" }, 'no block follows'],
        ['a file that is not there', $page, sub { $_[0] . "\n<!-- example/none.cpp [x] -->\n```cpp\n```\n" }, 'there is no region x in example/none.cpp'],
    );
    for (@mistakes)
    {
        my ($what, $file, $make, $report) = @$_;
        my $before = text_of($file);
        %changed = ($file => $make->($before));
        my ($line, @found) = check(0);
        my $seen = $changed{$file} ne $before && grep { index($_, $report) >= 0 } @found;
        %changed = ();
        next if $seen;
        print "snippets: not reported: $what\n";
        $missed++;
    }
    print "snippets: self-test, " . (@mistakes - $missed) . " of " . @mistakes . " mistakes reported\n";
    return $missed;
}

my $asked = $ARGV[0] // '';
exit(self_test() ? 1 : 0) if $asked eq '--self-test';
my ($line, @found) = check($asked eq '--write');
print "snippets: $_\n" for @found;
print "$line\n";
exit(@found ? 1 : 0);
PERL
