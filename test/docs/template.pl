#!/usr/bin/perl
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Does every public entity say what it has to? Reads the public headers as Doxygen does.
#
#   template.pl               ends with: documented: N entities, M async operations, 0 findings
#   template.pl --self-test   each omission that is planted in planted/*.hpp must be found, nothing else
#
# Every namespace, class, function, enumeration, enumerator, data member, type and constant has a comment. One
# in front of a group (@{ and @}) is that of all its members; what overrides a documented function
# has its comment from there.
#
# The comment of each value of errc is what src/base/error_table.hpp says of it.
#
# What can fail (result<T>) names its errors. A setter for a time or a number of something says its
# default, or where it is said.
#
# An asynchronous operation (a CompletionToken, or a name that begins with async_) has these
# paragraphs. Those with a star may be said once, for all operations of a class, in the comment of
# the class or of a class that it derives from:
#
#   Completion signature      with the `void(...)`; of a port, the type of its handler has that
#   Completes when            of a port, what the handler gets: Completes with
#   Errors *                  each errc or condition that it can end with
#   Executor *                where it works, where the handler runs
#   Per-operation cancellation *   which types, and what is left behind
#   Object lifetimes *        what is copied, what has to live; with `info`, if an overload has one
#   Thread safety *
#   Specification             the section that it implements; see %no_specification
#
# and names each of its parameters but token and handler: with @param, or as code in the text; those
# that many have in common as code in the paragraph Parameters of the class. An overload that says
# that it is the same needs nothing more, nor what is said to be "The same as CLASS::NAME".

use strict;
use warnings;
use File::Basename qw(dirname);
use File::Temp qw(tempdir);

my $here = dirname(__FILE__);
chdir "$here/../.." or die "template: $!\n";

# Operations of the library's own making: no text of others says what they have to do.
my %no_specification = map { $_ => 1 } qw(
    asioauth::hub::async_handle asioauth::hub::async_list asioauth::hub::async_open
    asioauth::async_write_hub_response asioauth::body_stream::async_read);

# --- Doxygen's XML ---------------------------------------------------------------------------

# An element is [name, attributes, children]; a child is an element or a text.
sub tree_of
{
    my ($file) = @_;
    open my $in, '<', $file or die "template: $file: $!\n";
    my $text = do { local $/; <$in> };
    my @open = ([ '', {}, [] ]);
    while ($text =~ /\G(?:<\?.*?\?>|<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+="[^"]*")*)\s*(\/?)>|([^<]+))/gcs)
    {
        my ($cdata, $end, $name, $attributes, $empty, $plain) = ($1, $2, $3, $4, $5, $6);
        if (defined $name)
        {
            my %has = $attributes =~ /([\w:.-]+)="([^"]*)"/g;
            my $node = [ $name, \%has, [] ];
            push @{ $open[-1][2] }, $node;
            push @open, $node if !$empty;
        }
        elsif (defined $end) { pop @open; }
        elsif (defined $plain || defined $cdata)
        {
            my $t = $plain // $cdata;
            $t =~ s/&lt;/</g; $t =~ s/&gt;/>/g; $t =~ s/&quot;/"/g; $t =~ s/&apos;/'/g; $t =~ s/&amp;/&/g;
            push @{ $open[-1][2] }, $t;
        }
    }
    die "template: $file cannot be read\n" if @open != 1;
    my ($root) = grep { ref } @{ $open[0][2] };
    return $root;
}

sub children { my ($node, $name) = @_; return grep { ref && $_->[0] eq $name } @{ $node->[2] }; }
sub child { my ($node, $name) = @_; my ($first) = children($node, $name); return $first; }

sub text_of
{
    my ($node) = @_;
    return '' if !$node;
    return $node if !ref $node;
    return join '', map { text_of($_) } @{ $node->[2] };
}

sub all_of
{
    my ($node, $name) = @_;
    return () if !ref $node;
    return (($node->[0] eq $name ? $node : ()), map { all_of($_, $name) } @{ $node->[2] });
}

# --- Comments --------------------------------------------------------------------------------

# What a comment says: its text, its paragraphs by title, what it names as code or parameter.
sub comment_of
{
    my ($node) = @_;
    my %out = (text => '', paragraphs => {}, names => {}, shared => {});
    for my $part (map { children($node, $_) } qw(briefdescription detaileddescription))
    {
        $out{text} .= text_of($part) . ' ';
        for my $sect (all_of($part, 'simplesect'))
        {
            my $title = text_of(child($sect, 'title'));
            next if ($sect->[1]{kind} // '') ne 'par';
            my $body = join ' ', map { text_of($_) } grep { ref && $_->[0] ne 'title' } @{ $sect->[2] };
            $out{paragraphs}{$title} .= $body . ' ';
            next if $title ne 'Parameters';
            $out{shared}{ text_of($_) } = 1 for all_of($sect, 'computeroutput');
        }
        $out{names}{ text_of($_) } = 1 for all_of($part, 'computeroutput'), all_of($part, 'parametername');
    }
    $out{text} =~ s/\s+/ /g;
    $out{text} =~ s/^ | $//g;
    return \%out;
}

# --- The rules -------------------------------------------------------------------------------

my %for_class = map { $_ => 1 }
    ('Errors', 'Executor', 'Per-operation cancellation', 'Object lifetimes', 'Thread safety');

my %must_match = (
    'Errors' => [ qr/\b(?:errc::|condition::|none\b|never\b|those\b)/i, 'names no errc or condition' ],
    'Per-operation cancellation' =>
        [ qr/\b(?:terminal|partial|total|(?:any|every|all)\b.*\btypes?|types?\b.*\b(?:any|every|all)|none)\b/i, 'names no type of cancellation' ],
    'Specification' =>
        [ qr/\b(?:RFC \d{3,5}|OAuth 2\.[01]|MCP (?:\d{4}-\d{2}-\d{2}|extension)|OpenID Connect|SEP-\d+|draft-)/, 'names no RFC or the like' ],
    'Completion signature' => [ qr/void\s*\(/, 'has no `void(...)`' ],
);

sub meanings_of_errors
{
    my ($text, %out) = '';
    for my $file (glob 'src/base/error_table*.hpp')
    {
        open my $in, '<', $file or die "template: $!\n";
        $text .= do { local $/; <$in> };
    }
    while ($text =~ /\brow\{errc::(\w+),\s*"\w+",\s*(\w+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+),/g)
    {
        my ($name, $kind, $what) = ($1, $2, $3);
        $what = join '', $what =~ /"((?:[^"\\]|\\.)*)"/g;
        $out{$name} = "$what condition::$kind";
    }
    die "template: the table of errors cannot be read\n" if !%out;
    return \%out;
}

# Reads the headers in @input and returns (entities, operations, findings).
sub check
{
    my (@input) = @_;
    my $scratch = tempdir(CLEANUP => 1);
    local $ENV{ASIOAUTH_DOCS} = $scratch;
    local $ENV{ASIOAUTH_DOCS_STYLE} = '';
    local $ENV{ASIOAUTH_VERSION} = '';
    open my $config, '>', "$scratch/Doxyfile" or die "template: $!\n";
    print $config "\@INCLUDE = cmake/docs/Doxyfile\nINPUT = @input\nFILE_PATTERNS = *.hpp\n",
        "USE_MDFILE_AS_MAINPAGE =\nEXTRACT_ALL = YES\nGENERATE_HTML = NO\nGENERATE_XML = YES\n",
        "XML_PROGRAMLISTING = NO\nSTRIP_FROM_PATH = .\nWARNINGS = NO\n";
    close $config;
    system('doxygen', "$scratch/Doxyfile") == 0 or die "template: doxygen cannot be run\n";

    my %found;
    my $report = sub {
        my ($node, $what) = @_;
        my $at = child($node, 'location');
        my $file = $at ? $at->[1]{file} : '?';
        my $line = $at ? $at->[1]{line} : 0;
        $found{"$file:$line: $what"} = [ $file, $line, $what ];
    };

    my (%class, %member, @members);
    for my $file (sort glob "$scratch/xml/*.xml")
    {
        next if $file =~ m{/(?:index|Doxyfile)\.xml$};
        my $compound = child(tree_of($file), 'compounddef') or next;
        my $kind = $compound->[1]{kind};
        next if $kind !~ /^(?:class|struct|union|namespace)$/;
        my $name = text_of(child($compound, 'compoundname'));
        next if $name =~ /^(?:std|boost)\b/ || ($compound->[1]{prot} // 'public') ne 'public';
        my $of = { name => $name, node => $compound, kind => $kind, comment => comment_of($compound),
            bases => [ map { $_->[1]{refid} // '' } children($compound, 'basecompoundref') ] };
        $class{ $compound->[1]{id} } = $of;
        for my $node (map { children($_, 'memberdef') } children($compound, 'sectiondef'))
        {
            next if ($node->[1]{prot} // 'public') ne 'public';
            next if $member{ $node->[1]{id} };
            my $m = { node => $node, of => $of, kind => $node->[1]{kind},
                name => text_of(child($node, 'name')), comment => comment_of($node),
                arguments => text_of(child($node, 'argsstring')) };
            $member{ $node->[1]{id} } = $m;
            push @members, $m;
        }
    }

    my ($entities, $operations) = (0, 0);
    for my $of (values %class)
    {
        # A forward declaration is nothing to describe.
        next if $of->{kind} ne 'namespace' && !child($of->{node}, 'location')->[1]{bodystart};
        $entities++;
        $report->($of->{node}, "$of->{name} has no comment") if $of->{comment}{text} eq '';
    }
    my %group;
    push @{ $group{"$_->{of}{name}::$_->{name}"} }, $_ for @members;

    # The comment of a class and of those that it derives from.
    my $class_says;
    $class_says = sub {
        my ($of, $title) = @_;
        return undef if !$of;
        my $own = $of->{comment}{paragraphs}{$title};
        return $own if defined $own;
        for my $base (@{ $of->{bases} })
        {
            my $said = $class_says->($class{$base}, $title);
            return $said if defined $said;
        }
        return undef;
    };

    for my $m (@members)
    {
        my $node = $m->{node};
        my $full = "$m->{of}{name}::$m->{name}";
        if ($m->{kind} eq 'friend' && $m->{arguments} !~ /\(/) { next; }    # of the library
        next if $m->{arguments} =~ /=\s*delete\s*$/;
        next if $m->{arguments} =~ /=\s*default\s*$/ && $m->{name} !~ /^operator\s*(?:==|<=>)/;
        next if $m->{name} =~ /^~/ && $m->{comment}{text} eq '';
        next if $m->{name} eq '' || $m->{name} =~ /^\@/;
        $entities++;
        my $again = child($node, 'reimplements');
        if ($m->{comment}{text} eq '' && !$again) { $report->($node, "$full has no comment"); }
        for my $value (children($node, 'enumvalue'))
        {
            $entities++;
            my $text = comment_of($value)->{text};
            # none is the value for want of one.
            next if $text ne '' || text_of(child($value, 'name')) eq 'none';
            $report->($node, $full . '::' . text_of(child($value, 'name')) . ' has no comment');
        }
        # What overrides has the contract of what it overrides.
        next if $m->{kind} !~ /^(?:function|friend)$/ || $m->{comment}{text} eq '' || $again;

        my $type = text_of(child($node, 'type'));
        my $text = $m->{comment}{text};
        my @params = map { { name => text_of(child($_, 'declname')), type => text_of(child($_, 'type')) } }
            children($node, 'param');
        my $templates = child($node, 'templateparamlist');
        my $token = $templates && text_of($templates) =~ /\bCompletionToken\b/;
        if (!$token && $m->{name} !~ /^async_/)
        {
            $report->($node, "$full can fail and does not say how")
                if $type =~ /^(?:static )?\s*result\s*</ && $text !~ /\b(?:errc::|errors?\b|condition::)/i && $text !~ /\bThe same\b/;
            $report->($node, "$full takes a time or a number and does not say its default")
                if $m->{of}{name} =~ /_(?:settings|params)$/ && @params == 1 && $type =~ /&$/
                && $params[0]{type} =~ /\b(?:milliseconds|seconds|size_t|int|uint\d+_t)\b/
                && $text !~ /\b[Dd]efault/ && $text !~ /\b[Ss]ee /;
            next;
        }

        # --- Operations ---
        $operations++;
        my $info = grep { $_->{name} eq 'info' && $_->{type} =~ /diagnostics/ } @params;
        my @others = grep { $_ != $m } @{ $group{$full} };
        if ($info)
        {
            my ($plain) = grep { $_->{comment}{text} !~ /^The same\b/ } @others;
            if ($text =~ /^The same\b/ && $plain)
            {
                my $life = $plain->{comment}{paragraphs}{'Object lifetimes'} // '';
                $life .= $class_says->($m->{of}, 'Object lifetimes') // '';
                $report->($node, "$full does not say how long `info` has to live")
                    if "$life $text" !~ /\binfo\b.*\blive/;
                next;
            }
        }
        elsif ($text =~ /^The same\b/ && @others) { next; }
        elsif ($text =~ /\bThe same as ((?:\w+::)+\w+)/ && $group{"asioauth::$1"}) { next; }
        my $port = ($node->[1]{virt} // '') =~ /^(?:pure-)?virtual$/;
        my @titles = ($port ? () : ('Completion signature', 'Completes when'), 'Errors', 'Executor',
            'Per-operation cancellation', 'Object lifetimes', 'Thread safety');
        push @titles, 'Specification' if !$port && !$no_specification{$full};
        for my $title (@titles)
        {
            my $said = $m->{comment}{paragraphs}{$title};
            $said //= $class_says->($m->{of}, $title)
                if $for_class{$title} || ($title eq 'Specification');
            if (!defined $said) { $report->($node, "$full has no paragraph \"$title\""); next; }
            my $rule = $must_match{$title} or next;
            $report->($node, "$full, \"$title\": $rule->[1]") if $said !~ $rule->[0];
        }
        if ($port)
        {
            my ($handler) = grep { $_->{type} =~ /handler$/ } @params;
            my $alias = $handler ? $group{"$m->{of}{name}::$handler->{type}"} : undef;
            $report->($node, "$full has no handler whose type says its signature")
                if !$alias || text_of(child($alias->[0]{node}, 'type')) !~ /void\s*\(/;
        }
        for my $p (@params)
        {
            next if $p->{type} =~ /CompletionToken|handler$/ || $p->{name} eq 'info' || $p->{name} eq '';
            next if $m->{comment}{names}{ $p->{name} } || $m->{of}{comment}{shared}{ $p->{name} };
            $report->($node, "$full does not say what `$p->{name}` is");
        }
    }
    # What a code means is said by a table in the sources, which programs print; comments say the same.
    for my $enum (grep { $_->{kind} eq 'enum' && "$_->{of}{name}::$_->{name}" eq 'asioauth::errc' } @members)
    {
        my $table = meanings_of_errors();
        for my $value (children($enum->{node}, 'enumvalue'))
        {
            my $name = text_of(child($value, 'name'));
            my $means = delete $table->{$name} // 'is not there';
            my $says = comment_of($value)->{text} =~ s/\.$//r;    # Doxygen's full stop
            $report->($enum->{node}, "errc::$name has a comment that is not what error_table.hpp says: $means")
                if $says ne $means;
        }
        $report->($enum->{node}, "error_table.hpp has $_, which cannot be seen") for sort keys %$table;
    }
    my @findings = map { "$_->[0]:$_->[1]: $_->[2]" }
        sort { $a->[0] cmp $b->[0] || $a->[1] <=> $b->[1] || $a->[2] cmp $b->[2] } values %found;
    return ($entities, $operations, @findings);
}

# --- Does it see anything? -------------------------------------------------------------------

# `// wants: WHAT` stands in front of what lacks it; the line that is reported is that of its name.
sub self_test
{
    my $folder = 'test/docs/planted';
    my (%wanted, %lines);
    for my $file (glob "$folder/*.hpp")
    {
        open my $in, '<', $file or die "template: $file: $!\n";
        while (<$in>)
        {
            $lines{$file}[$.] = $_;
            $wanted{$1} = 1 if m{^\s*// wants: (.+?)\s*$};
        }
    }
    my (undef, undef, @found) = check($folder);
    my ($wrong, %seen) = (0);
    for (@found)
    {
        my ($file, $line, $what) = /^(\S+):(\d+): (.*)$/;
        my ($name) = $what =~ /^(?:\w+::)*(\w+)/;
        $name = 'kind' if $what =~ /::kind::/;
        $seen{$what} = 1;
        next if $wanted{$what} && ($lines{$file}[$line] // '') =~ /\b$name\b/;
        print "template: found for nothing: $_\n";
        $wrong++;
    }
    my @missed = grep { !$seen{$_} } sort keys %wanted;
    print "template: not found: $_\n" for @missed;
    printf "template: self-test, %d of %d omissions found\n", keys(%wanted) - @missed, scalar keys %wanted;
    return @missed + $wrong + (%wanted ? 0 : 1);
}

exit(self_test() ? 1 : 0) if @ARGV && $ARGV[0] eq '--self-test';
my ($entities, $operations, @found) = check('include/asioauth');
print "$_\n" for @found;
printf "documented: %d entities, %d async operations, %d findings\n", $entities, $operations, scalar @found;
exit(@found ? 1 : 0);
