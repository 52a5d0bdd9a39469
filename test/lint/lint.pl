#!/usr/bin/perl
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# The rules of the house that no compiler checks.
#
#   lint.pl             the whole checkout
#   lint.pl FILE...     these files only, named from the top of the checkout
#   lint.pl --self-test every sample in bad/ must be reported, by the rule that it is named after

use strict;
use warnings;
use File::Basename qw(basename dirname);
use File::Find;

my $here = dirname(__FILE__);
chdir "$here/../.." or die "lint: $!";

# Tables of test rows may be longer than code.
my $max_lines = 600;
my $max_test_lines = 800;    # and of the one table that knows every error
my $reports = 0;
my @found;

sub report
{
    my ($rule, $file, $line, $what) = @_;
    push @found, [$rule, $file, $line, $what];
}

# --- Reading C++ -----------------------------------------------------------------------------

# The text with comments and the inside of literals blanked, every line where it was.
sub blanked
{
    my ($text) = @_;
    my $blank = sub { my $s = shift; $s =~ s/[^\n]/ /g; $s };
    $text =~ s{
        (?<raw> R"(?<d>[^()\s\\]{0,16})\(.*?\)\k<d>") |
        (?<string> "(?:[^"\\\n]|\\.)*") |
        (?<char> (?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+') |
        (?<line> //[^\n]*) |
        (?<block> /\*.*?\*/)
    }{
        my $all = $&;
        if (defined $+{raw} || defined $+{string}) { '"' . $blank->(substr($all, 1, -1)) . '"' }
        elsif (defined $+{char}) { "'" . $blank->(substr($all, 1, -1)) . "'" }
        else { $blank->($all) }
    }gsex;
    return $text;
}

# Law 5: g++ 12 destroys some temporaries twice if they are made within an expression that awaits.
# Walks the tokens once, with one frame for each open block; a lambda's body is a frame of its own.
sub law_5
{
    my ($file, $code) = @_;
    my @frames = ({});    # what the current full expression has; `open` are its brackets
    my $line = 1;
    my $previous = '';
    my $before_previous = '';
    my $clear = sub { my $f = $frames[-1]; delete @$f{qw(await brace lambda choice at)}; };
    my $judge = sub {
        my $f = $frames[-1];
        if ($f->{await})
        {
            report('law_5', $file, $f->{at}, "braces within an expression that awaits") if $f->{brace};
            report('law_5', $file, $f->{at}, "a capturing lambda within an expression that awaits")
                if $f->{lambda};
            report('law_5', $file, $f->{at}, "?: within an expression that awaits") if $f->{choice};
        }
        $clear->();
    };
    my $head = '';    # the tokens since the last statement ended, to tell a block from braces

    while ($code =~ /\G(?:(\n)|[^\S\n]+|(#[^\n]*(?:\\\n[^\n]*)*)|([A-Za-z_]\w*)|(\d[\w.']*)|(::|->|\[\[|\]\]|&&|\|\||.))/gc)
    {
        if (defined $1) { $line++; next; }
        if (defined $2) { $line += ($2 =~ tr/\n//); next; }
        my $t = defined $3 ? $3 : defined $4 ? $4 : $5;
        next if !defined $t;
        my $f = $frames[-1];
        my $open = $f->{open} //= [];

        if ($t eq 'co_await')
        {
            $f->{await} = 1;
            $f->{at} = $line;
        }
        elsif ($t eq '?') { $f->{choice} = 1; }
        elsif ($t eq '(')
        {
            push @$open, { kind => '(', control => scalar($previous =~ /^(?:if|for|while|switch|constexpr|catch)$/) };
        }
        elsif ($t eq ')')
        {
            my $o = @$open ? pop @$open : {};
            # What an unbraced body does is another full expression than the condition.
            $judge->() if $o->{control};
        }
        elsif ($t eq '[')
        {
            my $lambda = $previous =~ /^(?:|[(,={;}:?!]|&&|\|\||return|co_return|co_await|co_yield|\+|-|<)$/;
            push @$open, { kind => '[', lambda => $lambda };
            if ($lambda)
            {
                my $rest = substr($code, pos($code), 200);
                $f->{lambda} = 1 if $rest !~ /^\s*\]/;
            }
        }
        elsif ($t eq ']' || $t eq ']]') { pop @$open if @$open && $open->[-1]{kind} eq '['; }
        elsif ($t eq '{')
        {
            # A body follows `)`, a qualifier or a keyword, and a class or namespace has its own.
            my $body = $previous =~ /^(?:\)|\]|;|\{|\}|:|else|do|try|const|mutable|noexcept|override|final|)$/
                || $head =~ /\b(?:namespace|class|struct|union|enum|extern)\b[^()=]*$/
                || $head =~ /\)\s*(?:(?:const|mutable|noexcept|override|final)\s*)*->[^;]*$/;
            $body = 0 if $previous eq ')' && $head =~ /\bnew\b[^;]*$/;
            my $inside = @$open > 0;
            # `x{...}` in a list of member initialisers also follows an identifier: no block either.
            if ($body)
            {
                my $lambda = $inside || $head =~ /\[[^\]]*\]\s*(?:\([^{}]*\))?[^;{}()=]*$/;
                if (!$lambda) { $judge->(); }
                push @frames, { resumes => $lambda, head => $head };
                $head = '';
            }
            else
            {
                push @$open, { kind => '{' };
                $f->{brace} = 1;
            }
        }
        elsif ($t eq '}')
        {
            if (@$open && $open->[-1]{kind} eq '{') { pop @$open; }
            else
            {
                $judge->();
                my $closed = @frames > 1 ? pop @frames : $frames[0];
                if ($closed->{resumes}) { $head = $closed->{head}; }
                else { $judge->(); $head = ''; }
            }
        }
        elsif ($t eq ';')
        {
            $judge->();
            $head = '';
            ($before_previous, $previous) = ($previous, $t);
            next;
        }
        $head .= " $t" if length $head < 4000;
        $head = '' if $t eq '{' || ($t eq '}' && !@{ $frames[-1]{open} // [] } && !$frames[-1]{await});
        ($before_previous, $previous) = ($previous, $t);
    }
}

# A handler that is a member or a variable, by the name of its type, and then assigned.
sub handler_assignments
{
    my ($file, $code) = @_;
    my %names;
    my $type = qr/(?:\w+::)*(?:any_completion_handler\s*<[^;{}]*>|handler_of\s*<[^;{}]*?>|\w*_?handler(?:_type)?)/;
    while ($code =~ /(?:^|[;{}(,])\s*(?:std::optional\s*<\s*)?$type\s*>?\s+(\w+)\s*[;,)]/gm) { $names{$1} = 1; }
    my @lines = split /\n/, $code, -1;
    for my $name (keys %names)
    {
        for my $n (0 .. $#lines)
        {
            report('handler_assigned', $file, $n + 1, "'$name' is a completion handler and is assigned")
                if $lines[$n] =~ /(?:^|[^\w&*>=]|->|\.)\Q$name\E\s*=(?!=)/ && $lines[$n] !~ /\bauto\b|\[[^\]]*\Q$name\E\s*=/
                && $lines[$n] !~ /^\s*(?:$type)\s*&*\s*\Q$name\E\s*=/;
        }
    }
}

# --- One file --------------------------------------------------------------------------------

# Spelled so that they do not match themselves.
my $machine = qr{(?<![\w.])/(?:wor[k]|roo[t]|far[m])/|(?<![\w.])/hom[e]/\w+/};
my $registry = qr{registr[y]\.npmjs|npm[j]s\.(?:org|com)|pyp[i]\.org|pythonhoste[d]|pkg\.de[v]\b|crate[s]\.io|deb\.debia[n]\.org|proxy\.golan[g]};

sub check
{
    my ($file, $as) = @_;
    $as //= $file;
    open my $in, '<:raw', $file or do { report('unreadable', $file, 1, $!); return; };
    local $/;
    my $text = <$in> // '';
    close $in;
    my @lines = split /\n/, $text, -1;
    pop @lines if @lines && $lines[-1] eq '';

    my $cpp = $as =~ /\.(?:hpp|cpp|hpp\.in|cpp\.in)$/;
    my $script = $as =~ /\.(?:sh|pl|mjs)$/ || $as eq '.ci/run';
    my $cmake = $as =~ /(?:CMakeLists\.txt|\.cmake)$/;
    my $generated = $as =~ m{(?:^|/)package-lock\.json$};

    for my $n (0 .. $#lines)
    {
        my $l = $lines[$n];
        report('ascii', $file, $n + 1, 'not ASCII') if $l =~ /[^\t\x20-\x7e]/;
        report('tab', $file, $n + 1, 'tab') if $file !~ m{[.]tsv$} && $l =~ /\t/;
        report('trailing_space', $file, $n + 1, 'space at the end of the line') if $l =~ /[ \t]$/;
        report('machine_path', $file, $n + 1, 'a path of somebody\'s machine') if $l =~ $machine;
        report('registry', $file, $n + 1, 'the host name of a package registry') if $l =~ $registry;
    }
    report('no_newline', $file, scalar @lines, 'no newline at the end of the file') if $text ne '' && $text !~ /\n\z/;

    if ($cpp || $script || $cmake)
    {
        my $head = join "\n", @lines[0 .. ($#lines < 5 ? $#lines : 5)];
        report('licence', $file, 1, 'no licence header')
            if $as !~ /\.in$/ && ($head !~ /Copyright \(c\) 2026 The asioauth authors/ || $head !~ /Boost Software License/);
        my $most = $file =~ m{^test/|_table\.} ? $max_test_lines : $max_lines;
        # What a public header explains does not make it long.
        my $length = $file =~ m{^include/}
            ? scalar(grep { /\S/ } split /\n/, blanked($text)) : scalar @lines;
        report("too_long", $file, scalar @lines, "$length lines, at most $most") if $length > $most;
    }
    return unless $cpp;

    my $code = blanked($text);
    my $lines_of = sub {
        my ($rule, $regex, $what) = @_;
        my $n = 0;
        for my $l (split /\n/, $code, -1)
        {
            $n++;
            report($rule, $file, $n, $what) if $l =~ $regex;
        }
    };
    if ($as =~ /\.hpp/)
    {
        report('pragma_once', $file, 1, 'no #pragma once') if $code !~ /^#pragma once$/m;
        $lines_of->('using_namespace', qr/\busing\s+namespace\b/, 'using namespace in a header');
    }
    $lines_of->('coroutine', qr/\b(?:awaitable|use_awaitable|co_spawn|co_composed)\b/, 'an Asio coroutine in the library')
        if ($as =~ m{^(?:src|include)/}) && $as !~ m{^src/tool/};
    $lines_of->('boost_version', qr/\bBOOST_ASIO_VERSION\b|^\s*#\s*(?:el)?if.*\bBOOST_(?:BEAST_)?VERSION\b/,
        'versions are looked at in asioauth/detail/asio_compat.hpp only')
        if $as ne 'include/asioauth/detail/asio_compat.hpp';
    $lines_of->('sleep', qr/\b(?:sleep_for|sleep_until)\b|\b(?:u|nano)?sleep\s*\(/, 'a test that sleeps')
        if $as =~ m{^(?:test|example)/};
    if ($as =~ m{^test/(?:unit|flow|quirks|net)/} && $as =~ /\.cpp$/ && $as !~ m{/main\.cpp$})
    {
        my $depth = 0;
        my $n = 0;
        my $tests = 0;
        for my $l (split /\n/, $code, -1)
        {
            $n++;
            if ($l =~ /^BOOST_[A-Z]+_TEST_SUITE_END\b/) { $depth--; }
            elsif ($l =~ /^BOOST_[A-Z]+_TEST_SUITE\b/) { $depth++; }
            elsif ($l =~ /\bBOOST_(?:[A-Z]+_)*TEST_CASE(?:_[A-Z]+)*\s*\(/)
            {
                $tests++;
                report('test_suite', $file, $n, 'a test case outside of a suite: ctest would not run it') if $depth < 1;
            }
        }
        report('test_suite', $file, $n, 'no test') if !$tests;
        report('test_suite', $file, $n, 'suites are not balanced') if $depth != 0;
    }
    law_5($file, $code) if $code =~ /\bco_await\b/;
    handler_assignments($file, $code) if $as =~ m{^(?:src|include)/};
}

# --- Which files -----------------------------------------------------------------------------

sub whole_tree
{
    my @files;
    find(
        {
            no_chdir => 1,
            wanted => sub {
                my $name = $File::Find::name;
                $name =~ s{^\./}{};
                if (-d $_ && ($name =~ m{^(?:build|\.git|\.cache)$} || $name =~ m{(?:^|/)node_modules$} || $name eq 'test/lint/bad'))
                {
                    $File::Find::prune = 1;
                    return;
                }
                return if !-f $_ || -l $_ || -B $_;
                return if $name eq 'compile_commands.json' || $name eq 'LICENSE' || $name eq '.git';
                push @files, $name;
            },
        },
        '.'
    );
    return sort @files;
}

sub self_test
{
    my $failed = 0;
    my @samples = sort glob 'test/lint/bad/*';
    my %seen;
    for my $sample (@samples)
    {
        open my $in, '<', $sample or die "$sample: $!";
        my $text = do { local $/; <$in> };
        close $in;
        # `lint-as: PATH` says where the sample would stand, `lint-wants: RULE N` what it must bring.
        my ($as) = $text =~ /lint-as: (\S+)/ or die "$sample: no lint-as";
        my ($rule, $count) = $text =~ /lint-wants: (\w+) (\d+)/ or die "$sample: no lint-wants";
        @found = ();
        check($sample, $as);
        my $hits = grep { $_->[0] eq $rule } @found;
        my @others = grep { $_->[0] ne $rule } @found;
        $seen{$rule} = 1;
        if ($hits != $count || @others)
        {
            $failed++;
            print "$sample: wanted $count of $rule, found $hits\n";
            print "    $_->[0] $_->[1]:$_->[2]: $_->[3]\n" for @found;
        }
    }
    open my $me, '<', __FILE__ or die $!;
    my $program = do { local $/; <$me> };
    my %rules = map { $_ => 1 } $program =~ /(?:report|lines_of->)\('(\w+)'/g;
    delete $rules{unreadable};
    for my $rule (sort keys %rules)
    {
        next if $seen{$rule};
        $failed++;
        print "no sample shows that '$rule' can fail\n";
    }
    printf "lint: %d samples, %d of them wrong\n", scalar @samples, $failed;
    return $failed;
}

if (@ARGV && $ARGV[0] eq '--self-test') { exit(self_test() ? 1 : 0); }
my @files = @ARGV ? @ARGV : whole_tree();
check($_) for @files;
print "$_->[1]:$_->[2]: $_->[3] [$_->[0]]\n" for @found;
printf "lint: %d files, %d findings\n", scalar @files, scalar @found;
exit(@found || !@files ? 1 : 0);
