#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Do the documents say what is there? README.md, CHANGELOG.md, cmake/docs/*.md, and the README.md of
# the folders below test and example:
#
#   - every link to a file of the checkout, and to a heading, leads somewhere, and so does every path
#     of the checkout that is written as code in cmake/docs;
#   - every RFC that is named, in public headers too, is one of those that are known here, what
#     follows its number is a section, and a link to it has the form that rfc-editor.org has;
#   - every test that is named in a row of a table of cmake/docs is in the sources;
#   - every requirement of specification.md has an id of its own and at least one proof;
#   - every row of test/checklist.tsv is named there, and no row that is not in the list;
#   - cmake/docs is ASCII, with lines of at most 100 characters but for tables and code.
#
#   test/docs/check.sh               ends with: docs: N links, M requirements, K tests named
#   test/docs/check.sh --self-test   each of these mistakes, made on purpose, must be reported

set -eu

cd "$(dirname "$0")/../.."
exec perl - "$@" <<'PERL'
use strict;
use warnings;
use File::Basename qw(dirname);

my $specification = 'cmake/docs/specification.md';

# What the library implements or names; a number that is not here is mistyped, or new.
my %rfc = map { $_ => 1 } qw(
    2119 3986 4648 5646 6265 6749 6750 7009 7515 7517 7518 7519 7521 7523 7591 7592 7617 7636 7638 7662
    8037 8252 8259 8305 8414 8628 8693 8705 8707 8725 9101 9110 9111 9112 9126 9207 9449 9470 9700 9701
    9728 9864);

my %changed;    # by the self-test: the text of a file instead of what is on the disk

sub text_of
{
    my ($file) = @_;
    return $changed{$file} if exists $changed{$file};
    open my $in, '<', $file or die "docs: $file: $!\n";
    local $/;
    my $text = <$in>;
    return $text;
}

# A path without `x/..` in it.
sub plain
{
    my ($path) = @_;
    my @parts;
    for my $part (split m{/}, $path)
    {
        next if $part eq '' || $part eq '.';
        if ($part eq '..') { return undef if !@parts; pop @parts; next; }
        push @parts, $part;
    }
    return join '/', @parts;
}

sub without_code
{
    my ($text) = @_;
    $text =~ s/^\s*```.*?^\s*```[^\n]*$/"\n" x ($& =~ tr,\n,,)/gsme;
    return $text;
}

# The anchors that a page has for its headings, as GitHub makes them.
sub anchors_of
{
    my ($file) = @_;
    my (%seen, %out);
    for my $line (split /\n/, without_code(text_of($file)))
    {
        next if $line !~ /^#{1,6}\s+(.*?)\s*#*$/;
        my $title = $1;
        $title =~ s/\[([^\]]*)\]\([^)]*\)/$1/g;
        $title =~ s/[`*]//g;
        my $anchor = lc $title;
        $anchor =~ s/[^a-z0-9 _-]//g;
        $anchor =~ tr/ /-/;
        my $n = $seen{$anchor}++;
        $out{$n ? "$anchor-$n" : $anchor} = 1;
    }
    return \%out;
}

# --- What there is to name -------------------------------------------------------------------

sub known_tests
{
    my %known;
    for my $program (qw(unit flow net quirks store faults))
    {
        for my $file (glob "test/$program/*.cpp")
        {
            my @suites;
            my $text = text_of($file);
            while ($text =~ /^BOOST_(?:(?:AUTO|FIXTURE)_TEST_SUITE\(\s*(\w+)|AUTO_TEST_SUITE(_END)|\w*TEST_CASE\w*\(\s*(\w+))/mg)
            {
                if (defined $1) { push @suites, $1; }
                elsif (defined $2) { pop @suites; }
                else { $known{join '/', $program, @suites, $3} = 1; }
            }
        }
    }
    for (split /\n/, text_of('test/conformance/scenarios.txt'))
    {
        $known{"conformance/$1"} = 1 if /^(?:client|authorization)\s+(\S+)/;
    }
    for (split /\n/, text_of('test/servers/run.sh'))
    {
        $known{"servers/$1"} = 1 if /^login_at \S+ (\S+)/ || /^login (\S+)/;
    }
    for (glob 'test/fuzz/targets/*.cpp') { $known{"fuzz/$1"} = 1 if m{([^/]+)\.cpp$}; }
    return \%known;
}

# What is wrong with the RFCs that a line names.
sub rfcs_of
{
    my ($line) = @_;
    my @wrong;
    while ($line =~ /\bRFC[ -]?(\d+)(bis)?((?: sections?)? [\d.]*\d)?/g)
    {
        my ($number, $section) = ($1, $3 // '');
        push @wrong, "RFC $number is not known" if !$rfc{$number};
        $section =~ s/^(?: sections?)? //;
        push @wrong, "RFC $number has no section $section"
            if $section ne '' && $section !~ /^[1-9]\d?(?:\.[1-9]\d?){0,4}$/;
    }
    while ($line =~ m{(https?://[\w.]*(?:rfc-editor|ietf)\.org/[^\s)>`"]*)}g)
    {
        my $url = $1;
        my $section = qr/#(?:section-\d+(?:\.\d+)*|appendix-[A-Z](?:\.\d+)*)/;
        my ($number) = $url =~ m{^https://www\.rfc-editor\.org/rfc/rfc(\d+)(?:\.html)?$section?$};
        push @wrong, "$url is no link to an RFC or a section of one"
            if !($number ? $rfc{$number} : $url =~ m{^https://datatracker\.ietf\.org/doc/draft-[\w-]+/?$});
    }
    return @wrong;
}

# --- The checks ------------------------------------------------------------------------------

sub check
{
    my @found;
    my ($links, $requirements) = (0, 0);
    my (%named, %rows, %ids);
    my $known = known_tests();
    my @pages = ('README.md', 'CHANGELOG.md',
        map { glob "$_/*.md" } qw(cmake/docs test/* example/*));
    for my $header (map { glob "include/asioauth/$_" } qw(*.hpp protocol/*.hpp testing/*.hpp))
    {
        my $number = 0;
        for my $line (split /\n/, text_of($header))
        {
            $number++;
            push @found, map { "$header:$number: $_" } rfcs_of($line);
        }
    }

    for my $page (@pages)
    {
        my $own = $page =~ m{^cmake/docs/};
        my $number = 0;
        my $code = 0;
        for my $line (split /\n/, text_of($page))
        {
            $number++;
            my $at = "$page:$number";
            $code = !$code if $line =~ /^\s*```/;
            my $table = $line =~ /^\s*\|/;
            if ($own)
            {
                push @found, "$at: not ASCII" if $line =~ /[^\t\x20-\x7e]/;
                push @found, "$at: longer than 100 characters"
                    if length $line > 100 && !$table && !$code;
                push @found, "$at: blanks at the end" if $line =~ /\s$/;
            }
            next if $code;
            push @found, map { "$at: $_" } rfcs_of($line);
            my $bare = $line;
            $bare =~ s/`[^`]*`/`/g;
            while ($bare =~ /\]\(([^)\s]+)\)/g)
            {
                my $target = $1;
                next if $target =~ /^[a-z]+:/;
                $links++;
                my ($path, $anchor) = $target =~ /^([^#]*)(?:#(.*))?$/;
                my $file = $path eq '' ? $page : plain(dirname($page) . "/$path");
                if (!defined $file || !-e $file) { push @found, "$at: $target is not there"; next; }
                next if !defined $anchor || $file !~ /\.md$/;
                push @found, "$at: $target has no such heading" if !anchors_of($file)->{$anchor};
            }
            if ($own)
            {
                while ($line =~ m{`((?:src|include|test|example|cmake)/[\w./-]+)`}g)
                {
                    push @found, "$at: $1 is not there" if !-e $1 && $1 !~ m{/NAME\b};
                }
            }
            next if !$own || !$table;
            my @tests = $line =~ m{`((?:unit|flow|net|quirks|store|faults)/\w+/[a-z]\w*|(?:conformance|servers|fuzz)/[a-z\d][\w./-]*)`}g;
            for my $test (@tests)
            {
                $named{$test} = 1;
                push @found, "$at: there is no test $test" if !$known->{$test};
            }
            next if $page ne $specification;
            if ($line =~ /^\| ([A-Z]+-\d+) \| /)
            {
                $requirements++;
                push @found, "$at: the id $1 is used twice" if $ids{$1}++;
                push @found, "$at: $1 names no proof" if !@tests;
                push @found, "$at: $1 says neither MUST nor SHOULD nor MAY"
                    if $line !~ /\b(?:MUST|SHOULD|MAY)\b/;
            }
            $rows{$1} = $at while $line =~ /\b(C-[A-Za-z0-9]+-[0-9]+)\b/g;
        }
    }
    my %listed;
    for (split /\n/, text_of('test/checklist.tsv')) { $listed{$1} = 1 if /^(C-\S+)\t/; }
    for (sort keys %listed)
    {
        push @found, "$specification: does not name the row $_ of test/checklist.tsv" if !$rows{$_};
    }
    for (sort keys %rows)
    {
        push @found, "$rows{$_}: there is no row $_ in test/checklist.tsv" if !$listed{$_};
    }
    my $tests = keys %named;
    return ("docs: $links links, $requirements requirements, $tests tests named", @found);
}

# --- Does it see anything? -------------------------------------------------------------------

sub self_test
{
    my $missed = 0;
    my @mistakes = (
        ['a link to a file that is not there', 'README.md', sub { $_[0] . "\n[x](no/such/file)\n" }, 'is not there'],
        ['a path that is not there', 'cmake/docs/threat-model.md', sub { $_[0] =~ s{`src/base/url}{`src/base/xurl}r }, 'src/base/xurl.cpp is not there'],
        ['a link out of the checkout', $specification, sub { $_[0] . "\n[x](../../../etc)\n" }, 'is not there'],
        ['a link to a heading that is not there', 'CHANGELOG.md', sub { $_[0] . "\n[x](README.md#nothing)\n" }, 'no such heading'],
        ['a link in a folder of tests that leads nowhere', 'test/fuzz/README.md', sub { $_[0] . "\n[x](no/such/file)\n" }, 'is not there'],
        ['an RFC that is mistyped', 'include/asioauth/url.hpp', sub { $_[0] =~ s/RFC 8414/RFC 8441/r }, 'RFC 8441 is not known'],
        ['a section that cannot be', $specification, sub { $_[0] =~ s/RFC 9207 (\d)/RFC 9207 0.$1/r }, 'RFC 9207 has no section 0.'],
        ['a link to a section that is none', 'README.md', sub { $_[0] . "\n[x](https://www.rfc-editor.org/rfc/rfc9207#2.4)\n" }, 'is no link to an RFC'],
        ['a test that is not there', $specification, sub { $_[0] =~ s{`unit/url_/}{`unit/url_/x}r }, 'there is no test'],
        ['a scenario that is not there', $specification, sub { $_[0] =~ s{`conformance/auth/}{`conformance/auth/x}r }, 'there is no test'],
        ['a test that was renamed', 'test/unit/url.cpp', sub { $_[0] =~ s/equality_is_equality_of_the_text/another_name/r }, 'there is no test'],
        ['a row of the checklist that nobody names', 'test/checklist.tsv', sub { $_[0] . "C-9999-1\tnow\tM\tx\n" }, 'does not name the row C-9999-1'],
        ['a row that is not in the checklist', $specification, sub { $_[0] =~ s/C-9207-1\b/C-9207-77/r }, 'there is no row C-9207-77'],
        ['a requirement without a proof', $specification, sub { $_[0] . "\n| DISC-99 | x MUST | own | | |\n" }, 'DISC-99 names no proof'],
        ['an id that is used twice', $specification, sub { $_[0] =~ s/^\| DISC-2 \|/| DISC-1 |/mr }, 'DISC-1 is used twice'],
        ['a requirement that is none', $specification, sub { $_[0] . "\n| DISC-98 | x | own | | `fuzz/url` |\n" }, 'DISC-98 says neither'],
        ['a character that is not ASCII', $specification, sub { $_[0] . "\n\xc3\xa9\n" }, 'not ASCII'],
        ['a long line', $specification, sub { $_[0] . "\n" . ('x' x 101) . "\n" }, 'longer than 100'],
    );
    for (@mistakes)
    {
        my ($what, $file, $make, $report) = @$_;
        my $before = text_of($file);
        %changed = ($file => $make->($before));
        my ($line, @found) = check();
        my $seen = $changed{$file} ne $before && grep { index($_, $report) >= 0 } @found;
        %changed = ();
        next if $seen;
        print "docs: not reported: $what\n";
        $missed++;
    }
    print "docs: self-test, " . (@mistakes - $missed) . " of " . @mistakes . " mistakes reported\n";
    return $missed;
}

exit(self_test() ? 1 : 0) if @ARGV && $ARGV[0] eq '--self-test';
my ($line, @found) = check();
print "docs: $_\n" for @found;
print "$line\n";
exit(@found ? 1 : 0);
PERL
