#!/usr/bin/env perl
# Takes out of a copy of Terraform what its provider does not know, by the word of `terraform validate`.
#
#   drop_unknown.pl DIR <ERRORS     one error a line: file below DIR, line, what it says
#
# An argument, a block or a dynamic block that is "not expected here" goes, up to where its brackets are closed, and
# leaves empty lines, so that the next error's line still holds. A reference to an attribute that is not there becomes
# null, in a template "". Writes what it did, one a line; other errors are left alone.
use strict;
use warnings;

my $top = shift or die "a directory\n";

# How far the brackets of a line are open, less those in its strings and comments.
sub opened {
    my ($line) = @_;
    $line =~ s/"(?:\\.|[^"\\])*"//g;
    $line =~ s{(?:#|//).*}{};
    return ($line =~ tr/{[(//) - ($line =~ tr/}])//);
}

sub lines { open my $in, '<', $_[0] or die "$_[0]: $!"; return <$in> }
sub spew { my $file = shift; open my $out, '>', $file or die "$file: $!"; print $out @_; close $out or die "$file: $!" }

sub drop {
    my ($file, $number, $name) = @_;
    my @lines = lines($file);
    my $i = $number - 1;
    return 0 if $i < 0 || $i > $#lines || $lines[$i] !~ /^ *(?:dynamic +"\Q$name\E" *\{|\Q$name\E *(?:=(?!=)|\{))/;
    my $open = 0;
    do {
        return 0 if $i > $#lines || $lines[$i] =~ /<</;
        $open += opened($lines[$i]);
        $lines[$i++] = "\n";
    } while ($open > 0);
    return 0 if $open < 0;
    spew($file, @lines);
    return 1;
}

sub make_null {
    my ($file, $number, $name) = @_;
    my @lines = lines($file);
    return 0 if $number < 1 || $number > @lines;
    $lines[$number - 1] =~ s/(\$\{ *)?(?<![\w.])(?:data\.)?aws_\w+\.[\w-]+(?:\[[^\]]*\])?\.\Q$name\E(?:\[[^\]]*\]|\.\w+)*/defined $1 ? "$1\"\"" : 'null'/e or return 0;
    spew($file, @lines);
    return 1;
}

while (<STDIN>) {
    chomp;
    my ($file, $line, $says) = split /\t/;
    my $at = "$top/$file";
    if ($says =~ /^Unsupported (?:argument|block type): \D*?named "(\w+)"|^Unsupported block type: Blocks of type "(\w+)"/) {
        my $name = $1 // $2;
        print "$file:$line: $name\n" if drop($at, $line, $name);
    } elsif ($says =~ /^Unsupported attribute: This object has no .*? named "(\w+)"/) {
        my $name = $1;
        print "$file:$line: $name, null\n" if make_null($at, $line, $name);
    }
}
