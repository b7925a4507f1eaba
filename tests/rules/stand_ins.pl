#!/usr/bin/env perl
# Puts stand-ins into a copy of Terraform for what a machine without a network lacks, so that the rest can be validated.
#
#   stand_ins.pl DIR [TYPE…]    the trees below DIR are changed; STAND_IN.tf is written where a module is stood in for
#
# A module from elsewhere becomes a local one that takes the arguments of its call and gives, untyped, what is asked of
# it. A resource or data source of another provider than aws becomes a terraform_data with the same count or for_each,
# and its attributes that one's output, which may be anything; so does one of each TYPE, which the provider has not.
# What else belongs to aws stays as it is, byte for byte, and in its line.
use strict;
use warnings;
use File::Find;
use File::Path qw(make_path);
use File::Spec;

my $top = shift or die "a directory\n";
my %absent = map { $_ => 1 } @ARGV;
my %files; # directory -> files
find({ no_chdir => 1, wanted => sub { push @{ $files{$File::Find::dir} }, $_ if /\.tf$/ && -f } }, $top);

sub slurp { open my $in, '<', $_[0] or die "$_[0]: $!"; local $/; return scalar <$in> }
sub spew { open my $out, '>', $_[0] or die "$_[0]: $!"; print $out $_[1] }

# The head of a block at the left margin, up to the brace that closes it there.
my $block = qr/(?:\{[^\n]*\}\n|\{\n.*?^\}(?:\n|\z))/ms;

sub is_ours { return $_[0] =~ /^(aws_|terraform_data$|terraform_remote_state$)/ && !$absent{ $_[0] } }

# As many lines as before, so that an error's line is that of the text that was not changed.
sub padded {
    my ($new, $old) = @_;
    return $new . "\n" x (($old =~ tr/\n//) - ($new =~ tr/\n//));
}

# count or for_each, with the lines that go on.
sub meta {
    my ($body) = @_;
    return $body =~ /^(  (?:count|for_each) *=[^\n]*[\{\[\(]\n.*?^  [\}\]\)][^\n]*\n|  (?:count|for_each) *=[^\n]*\n)/ms ? $1 : '';
}

sub stand_in_modules {
    my ($dir, $texts) = @_;
    my $all = join "\n", values %$texts;
    for my $text (values %$texts) {
        $text =~ s{^(module "([^"]+)" )($block)}{
            my ($head, $name, $body) = ($1, $2, $3);
            if ($body =~ /^  source *= *"(?!\.)/m) {
                my %gives = map { $_ => 1 } $all =~ /\bmodule\.\Q$name\E(?:\[[^\]]*\])?\.(?:\*\.)?([a-zA-Z_][\w-]*)/g;
                my %takes = map { $_ => 1 } $body =~ /^  ([a-zA-Z_][\w-]*) *=/mg;
                delete @takes{qw(source version providers count for_each depends_on)};
                make_path("$dir/stand_in/$name");
                spew("$dir/stand_in/$name/STAND_IN.tf", join '', "resource \"terraform_data\" \"any\" {}\n",
                    (map { "variable \"$_\" {}\n" } sort keys %takes),
                    (map { "output \"$_\" {\n  value = terraform_data.any.output\n}\n" } sort keys %gives));
                $body =~ s/^  source *= *"[^"]*"/  source = ".\/stand_in\/$name"/m;
                $body =~ s/^  version *=.*\n/\n/m;
                $body =~ s/^(  providers *= *\{.*?\}\n)/padded('', $1)/mse;
            }
            "$head$body";
        }gems;
    }
}

sub stand_in_providers {
    my ($texts) = @_;
    my @gone;
    for my $text (values %$texts) {
        $text =~ s{^(resource|data) "?([a-z0-9_]+)"? "([^"]+)" ($block)}{
            my ($kind, $type, $name, $body, $whole) = ($1, $2, $3, $4, $&);
            my $as = ($kind eq 'data' ? 'data_' : '') . "${type}_$name";
            if (is_ours($type)) { $whole } else {
                push @gone, [($kind eq 'data' ? 'data.' : '') . "$type.$name", $as];
                my $lines = $body =~ /\n./ ? "\n" . meta($body) : '';
                padded("resource \"terraform_data\" \"$as\" {$lines}\n", $whole);
            }
        }gems;
        $text =~ s/^(provider "(?!aws")[^"]+" $block)/padded('', $1)/gmse;
        $text =~ s{^(    )([a-z0-9_-]+) = \{.*?\}\n}{ $2 eq 'aws' ? $& : padded('', $&) }gems if $text =~ /required_providers/;
    }
    for my $text (values %$texts) {
        for (@gone) {
            my ($from, $as) = @$_;
            $text =~ s/(?<![\w.])\Q$from\E((?:\[[^\]]*\])?)\.[a-zA-Z_]\w*/terraform_data.$as$1.output/g;
            $text =~ s/(?<![\w.])\Q$from\E(?![\w-])/terraform_data.$as/g;
        }
    }
}

for my $dir (sort keys %files) {
    my %texts = map { $_ => slurp($_) } @{ $files{$dir} };
    stand_in_modules($dir, \%texts);
    stand_in_providers(\%texts);
    spew($_, $texts{$_}) for keys %texts;
}
