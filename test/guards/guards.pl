#!/usr/bin/perl
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# The security guards of *.list (README.md says how they are written).
#
#   guards.pl check             every record applies to the sources as they are
#   guards.pl self-test         records that do not apply are found, and switches are where they belong
#   guards.pl list              their names, and what each is for
#   guards.pl programs [NAME]   the test programs that they name
#   guards.pl copy FOLDER       the checkout in FOLDER, every guard with a switch
#   guards.pl run FOLDER LOGS [NAME...]
#                               all tests that are named, with all guards in place and then with
#                               each one removed, by the programs in FOLDER

use strict;
use warnings;
use File::Basename qw(dirname);
use File::Find;
use File::Path qw(make_path);
use POSIX qw(WNOHANG);
use Time::HiRes qw(time);

my $top;
{
    chdir dirname(__FILE__) . "/../.." or die "guards: $!";
    require Cwd;
    $top = Cwd::getcwd();
}
my @labels = qw(unit flow quirks net store);
my @parts = qw(CMakeLists.txt CMakePresets.json LICENSE cmake include src test);

sub slurp
{
    my ($file) = @_;
    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;
    return <$in> // '';
}

# --- The lists -------------------------------------------------------------------------------

# FNV-1a: what a guard is called in the copy does not change when another one is added.
sub number_of
{
    my ($name) = @_;
    my $hash = 2_166_136_261;
    $hash = (($hash ^ ord) * 16_777_619) & 0xffff_ffff for split //, $name;
    return $hash & 0x7fff_ffff;
}

# In the order of the files: { name, why, tests => [[label, filter...]...], edits => [...] }.
sub read_lists
{
    my @guards;
    my %seen;
    for my $list (sort glob 'test/guards/*.list')
    {
        my $text = slurp($list);
        $text =~ s/^#.*\n//mg;
        $text =~ s/\n[ ]+(?=\S)/ /g;    # a line that begins with a blank goes on
        my $file;
        my $now;
        for my $line (split /\n/, $text)
        {
            next if $line !~ /\S/;
            my ($field, $value) = $line =~ /^([a-z]+): (.*)$/ or die "$list: what is this? $line\n";
            if ($field eq 'file') { $file = $value; next; }
            if ($field eq 'guard')
            {
                die "$list: no name for a guard: $value\n" if $value !~ /^[a-z0-9_]+$/;
                die "$list: there are two guards $value\n" if $seen{$value}++;
                push @guards, $now = { name => $value, list => $list, edits => [], tests => [] };
                next;
            }
            die "$list: $field before the first guard\n" if !$now;
            if ($field eq 'why') { $now->{why} = $value; }
            elsif ($field eq 'tests')
            {
                $now->{tests} = [map { [split] } split /;/, $value];
            }
            elsif ($field eq 'else')
            {
                my $edit = $now->{edits}[-1];
                die "$list: $now->{name}: else without a value\n" if !$edit || $edit->{kind} ne 'value';
                $edit->{else} = $value;
            }
            elsif ($field =~ /^(?:refuses|holds|does|value)$/)
            {
                die "$list: $now->{name}: which file?\n" if !defined $file;
                push @{ $now->{edits} }, { kind => $field, text => $value, file => $file };
            }
            else { die "$list: $now->{name}: unknown field $field\n"; }
        }
    }
    for my $g (@guards)
    {
        die "$g->{list}: $g->{name} is not complete\n" if !$g->{why} || !@{ $g->{tests} } || !@{ $g->{edits} };
        for my $t (@{ $g->{tests} })
        {
            my $known = grep { $_ eq $t->[0] } @labels;
            die "$g->{list}: $g->{name}: no such tests: @$t\n" if !$known || @$t < 2;
        }
        for my $e (@{ $g->{edits} })
        {
            die "$g->{list}: $g->{name}: a value needs an else\n" if $e->{kind} eq 'value' && !defined $e->{else};
        }
    }
    my %taken;
    for my $g (@guards)
    {
        $g->{number} = number_of($g->{name});
        die "guards: $g->{name} has the number of $taken{ $g->{number} }\n" if $taken{ $g->{number} };
        $taken{ $g->{number} } = $g->{name};
    }
    return @guards;
}

# --- Putting the switches in -----------------------------------------------------------------

# The text without white space, and where each character of it was: how a line is broken does not
# matter.
my %texts;

sub text_of
{
    my ($file) = @_;
    return $texts{$file} //= dense(slurp($file));
}

sub dense
{
    my ($text) = @_;
    my @at;
    push @at, $-[0] while $text =~ /\S/g;
    (my $dense = $text) =~ s/\s+//g;
    return { text => $text, dense => $dense, at => \@at };
}

# Where an edit goes: [begin, end) in the file. What counts is between <| and |>, if they are there.
sub place_of
{
    my ($guard, $edit) = @_;
    my $t = text_of($edit->{file});
    (my $wanted = $edit->{text}) =~ s/\s+//g;
    $wanted = "<|$wanted|>" if $wanted !~ /<\|/;
    my ($before, $within, $after) = $wanted =~ /^(.*?)<\|(.+)\|>(.*)$/
        or return "marks that do not fit";
    my $whole = $before . $within . $after;
    my $found = index $t->{dense}, $whole;
    return 'the text is not there' if $found < 0;
    return 'the text is there more than once' if index($t->{dense}, $whole, $found + 1) >= 0;
    my $first = $found + length $before;
    my $last = $first + length($within) - 1;
    @$edit{qw(begin end)} = ($t->{at}[$first], $t->{at}[$last] + 1);
    return undef;
}

sub places
{
    my @guards = @_;
    my $wrong = 0;
    my %in;
    for my $g (@guards)
    {
        for my $e (@{ $g->{edits} })
        {
            my $why = -f $e->{file} ? place_of($g, $e) : 'there is no such file';
            if (defined $why)
            {
                print "$g->{list}: $g->{name}: $e->{file}: $why: $e->{text}\n";
                $wrong++;
                next;
            }
            $e->{number} = $g->{number};
            for my $other (@{ $in{ $e->{file} } })
            {
                next if $other->{end} <= $e->{begin} || $e->{end} <= $other->{begin};
                next if $other->{begin} <= $e->{begin} && $e->{end} <= $other->{end};
                next if $e->{begin} <= $other->{begin} && $other->{end} <= $e->{end};
                print "$g->{list}: $g->{name}: half of it is another guard's\n";
                $wrong++;
            }
            push @{ $in{ $e->{file} } }, $e;
        }
        for my $t (@{ $g->{tests} })
        {
            my ($label, @filters) = @$t;
            for my $filter (@filters)
            {
                my ($suite) = $filter =~ m{^([^/]+)};
                next if grep { slurp($_) =~ /_TEST_SUITE\(\s*\Q$suite\E\b/ } glob "test/$label/*.cpp";
                print "$g->{list}: $g->{name}: there is no suite $suite in test/$label\n";
                $wrong++;
            }
        }
    }
    return $wrong, \%in;
}

my %before = (
    refuses => '(::asioauth_guards::stands(%d) && (',
    holds => '(!::asioauth_guards::stands(%d) || (',
    value => '(::asioauth_guards::stands(%d) ? (',
    does => '{ if (::asioauth_guards::stands(%d)) { ',
);
my %after = (refuses => '))', holds => '))', value => ') : (%s))', does => ' } }');

sub with_switches
{
    my ($file, @edits) = @_;
    my $text = text_of($file)->{text};
    # From the end to the beginning, and at one place what is outside last.
    my @marks;
    for my $e (@edits)
    {
        my $size = $e->{end} - $e->{begin};
        my $close = $after{ $e->{kind} };
        $close =~ s/%s/$e->{else}/;
        push @marks, [$e->{begin}, 1, $size, -$e->{number}, sprintf $before{ $e->{kind} }, $e->{number}];
        push @marks, [$e->{end}, 0, -$size, $e->{number}, $close];
    }
    # At one place closing comes before opening; of those the inner one closes first and the outer
    # one opens first.
    my $order = sub {
        $b->[0] <=> $a->[0] || $b->[1] <=> $a->[1] || $a->[2] <=> $b->[2] || $a->[3] <=> $b->[3];
    };
    substr($text, $_->[0], 0) = $_->[4] for sort $order @marks;
    $text =~ s/^(?=#include )/#include "guards.hpp"\n/m or $text =~ s/^(?=namespace )/#include "guards.hpp"\n/m;
    return $text;
}

my $header = <<'END';
#pragma once

#include <cstdlib>
#include <type_traits>

namespace asioauth_guards {

inline const int removed = [] {
    const char* const text = std::getenv("ASIOAUTH_GUARD");
    return text == nullptr ? 0 : std::atoi(text);
}();

constexpr bool stands(int number) noexcept
{
    return std::is_constant_evaluated() || number != removed;
}

} // namespace asioauth_guards
END

# Files that are as they should be are left alone, so that they are not compiled again.
sub copy
{
    my ($folder) = @_;
    my ($wrong, $in) = places(read_lists());
    return 1 if $wrong;
    my %wanted = ('src/guards.hpp' => $header);
    find(
        {
            no_chdir => 1,
            wanted => sub {
                return if !-f $_ || -l $_;
                my $edits = $in->{$_};
                $wanted{$_} = $edits ? with_switches($_, @$edits) : slurp($_);
            },
        },
        @parts
    );
    for my $name (sort keys %wanted)
    {
        my $to = "$folder/$name";
        next if -f $to && slurp($to) eq $wanted{$name};
        make_path(dirname($to));
        open my $out, '>:raw', $to or die "$to: $!\n";
        print $out $wanted{$name};
        close $out or die "$to: $!\n";
        chmod 0755, $to if -x $name;
    }
    find(
        { no_chdir => 1, wanted => sub { my $n = substr $_, 1 + length $folder; unlink $_ if -f $_ && !exists $wanted{$n}; } },
        grep { -d } map { "$folder/$_" } @parts
    );
    return 0;
}

# --- Running ---------------------------------------------------------------------------------

my %running;    # by process: what it is for
my $most = 2;

sub stop_all
{
    kill 'TERM', -$_ for keys %running;
    exit 130;
}

# One test program, in a group of its own so that what it has started ends with it.
sub start
{
    my ($job) = @_;
    my ($label, @filters) = @{ $job->{tests} };
    # A loop that was ended by a guard may also take all the memory.
    my @command = (
        'sh', '-c', 'ulimit -v 8388608; exec "$@"', 'sh', 'timeout', '--foreground', '--kill-after=5', $job->{limit}, "$job->{programs}/asioauth_test_$label",
        '--color_output=no', '--log_level=error', '--report_level=no', map { "--run_test=$_" } @filters
    );
    my $pid = fork // die "guards: $!\n";
    if ($pid == 0)
    {
        setpgrp;
        $ENV{ASIOAUTH_GUARD} = $job->{number};
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $job->{log} or POSIX::_exit(126);
        open STDERR, '>&', \*STDOUT;
        exec @command or POSIX::_exit(127);
    }
    $job->{began} = time;
    $running{$pid} = $job;
}

sub wait_for_one
{
    my $pid = waitpid -1, 0;
    return if $pid <= 0;
    my $status = $?;
    my $job = delete $running{$pid} or return;
    $job->{seconds} = time - $job->{began};
    $job->{status} = ($status & 127) ? 128 + ($status & 127) : $status >> 8;
    kill 'KILL', -$pid;    # whatever it has left behind
    $job->{done}->($job);
}

sub run_all
{
    my @jobs = @_;
    while (@jobs || %running)
    {
        if (@jobs && keys %running < $most) { start(shift @jobs); next; }
        wait_for_one();
    }
}

# How a run that failed has ended, for a reader.
sub noticed_by
{
    my ($job) = @_;
    my %cases;
    my @in_order;
    for my $case (slurp($job->{log}) =~ /\berror: in "([^"]+)"/g)
    {
        $case =~ s/: .*//;
        push @in_order, $case if !$cases{$case}++;
    }
    my $how = '';
    $how = ", a hang of $job->{limit} seconds" if $job->{status} == 124 || $job->{status} == 137;
    # Boost.Test itself ends with 200 and above.
    $how = ', a crash' if $job->{status} > 128 && $job->{status} < 192 && $job->{status} != 137;
    my $first = @in_order ? "$job->{tests}[0] $in_order[0]" : "$job->{tests}[0]";
    my $more = @in_order > 1 ? ' and ' . (@in_order - 1) . ' more' : '';
    return "$first$more$how";
}

sub run
{
    my ($programs, $logs, @only) = @_;
    my @all = read_lists();
    my %known = map { $_->{name} => $_ } @all;
    for my $name (@only) { die "guards: there is no guard $name\n" if !$known{$name}; }
    my @guards = @only ? map { $known{$_} } @only : @all;
    make_path($logs);
    $SIG{INT} = $SIG{TERM} = $SIG{HUP} = \&stop_all;
    $| = 1;

    # With all guards in place; what is named more than once runs once.
    my %took;
    my @red;
    my @jobs;
    for my $g (@guards)
    {
        for my $t (@{ $g->{tests} })
        {
            my $key = join ' ', @$t;
            next if exists $took{$key};
            $took{$key} = 0;
            (my $log = "all_in_place.$key") =~ s/[^\w.]+/_/g;
            push @jobs, {
                programs => $programs, tests => $t, number => 0, limit => 600, log => "$logs/$log",
                done => sub {
                    my ($job) = @_;
                    $took{$key} = $job->{seconds};
                    push @red, "$key: see $job->{log}" if $job->{status} != 0;
                },
            };
        }
    }
    run_all(@jobs);
    if (@red)
    {
        print "with all guards in place: $_\n" for sort @red;
        print "guards: 0 of " . @guards . " noticed\n";
        return 1;
    }

    # One after the other, until one of its tests has noticed.
    my %noticed;
    @jobs = ();
    for my $g (@guards)
    {
        my @tests = @{ $g->{tests} };
        my $next;
        $next = sub {
            my $t = shift @tests;
            if (!$t)
            {
                print "$g->{name}: NOT NOTICED\n";
                return;
            }
            return {
                programs => $programs, tests => $t, number => $g->{number},
                limit => int(60 + 10 * $took{ join ' ', @$t }), log => "$logs/$g->{name}",
                done => sub {
                    my ($job) = @_;
                    if ($job->{status} != 0)
                    {
                        $noticed{ $g->{name} } = 1;
                        print "$g->{name}: noticed by " . noticed_by($job) . "\n";
                        return;
                    }
                    my $again = $next->();
                    start($again) if $again;
                },
            };
        };
        push @jobs, $next->();
    }
    run_all(@jobs);
    printf "guards: %d of %d noticed\n", scalar keys %noticed, scalar @guards;
    return keys %noticed == @guards ? 0 : 1;
}

# --- Whether all this can fail ---------------------------------------------------------------

sub self_test
{
    my $failed = 0;
    $texts{sample} = dense("#include <a>\nbool f()\n{\n    if (a == b ||\n        c)\n        g(a);\n    return a;\n}\n");
    my %wrong = (
        'if (b)' => 'the text is not there',
        'a' => 'the text is there more than once',
        'if (<|a == b|> && c)' => 'the text is not there',
        'if (<|a == b || c)' => 'marks that do not fit',
    );
    for my $text (sort keys %wrong)
    {
        my $said = place_of({}, { text => $text, file => 'sample' }) // 'nothing';
        next if $said eq $wrong{$text};
        print "guards: of '$text' it is said: $said\n";
        $failed++;
    }
    my @edits = (
        { kind => 'refuses', text => 'if (<|a == b || c|>)', number => 1 },
        { kind => 'holds', text => '<|a == b|> ||', number => 2 },
        { kind => 'value', text => '|| <|c|>)', number => 3, else => 'd' },
        { kind => 'value', text => '|| <|c|>)', number => 4, else => 'e' },
        { kind => 'does', text => 'g(a);', number => 5 },
    );
    for my $e (@edits)
    {
        $e->{file} = 'sample';
        $failed++ if defined place_of({}, $e);
    }
    my $made = with_switches('sample', @edits);
    $made =~ s/::asioauth_guards::stands//g;
    my $wanted = <<'END';
#include "guards.hpp"
#include <a>
bool f()
{
    if (((1) && ((!(2) || (a == b)) ||
        ((3) ? (((4) ? (c) : (e))) : (d)))))
        { if ((5)) { g(a); } }
    return a;
}
END
    if ($made ne $wanted)
    {
        print "guards: the sample has become\n$made";
        $failed++;
    }
    printf "guards: %d of its own tests failed\n", $failed;
    return $failed;
}

# --- What was asked for ----------------------------------------------------------------------

my ($what, @rest) = @ARGV;
$what //= '';
if ($what eq 'check')
{
    my @guards = read_lists();
    my ($wrong) = places(@guards);
    printf "guards: %d, %d of their records do not apply\n", scalar @guards, $wrong;
    exit($wrong || !@guards ? 1 : 0);
}
exit(self_test() ? 1 : 0) if $what eq 'self-test';
if ($what eq 'list')
{
    print "$_->{name}: $_->{why}\n" for read_lists();
    exit 0;
}
if ($what eq 'programs')
{
    my %wanted;
    for my $g (read_lists())
    {
        next if @rest && !grep { $_ eq $g->{name} } @rest;
        $wanted{"asioauth_test_$_->[0]"} = 1 for @{ $g->{tests} };
    }
    print join("\n", sort keys %wanted), "\n";
    exit 0;
}
exit copy(@rest) if $what eq 'copy' && @rest == 1;
exit run(@rest) if $what eq 'run' && @rest >= 2;
die "usage: guards.pl check | self-test | list | programs [NAME] | copy FOLDER | run FOLDER LOGS [NAME...]\n";
