#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# svg.pl COLUMNS TITLE: text of a terminal (UTF-8, with SGR escape sequences as "tmux capture-pane -e"
# writes them) on stdin, an SVG picture of it on stdout. Block elements become rectangles, since fonts
# draw them with gaps.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

use constant { CELL => 8.4, LINE => 18, MARGIN => 10, FOREGROUND => '#d8dee9', BACKGROUND => '#1e222a' };
use constant COLOURS => ('#1e222a', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d8dee9');

die "usage: svg.pl COLUMNS TITLE\n" unless @ARGV == 2;
my ($columns, $title) = @ARGV;
my (@shapes, %look);

# Where a block element begins in its cell, from the top, its height, and its opacity
my %block = ('█' => [0, 1, 1], '░' => [0, 1, 0.25], '▒' => [0, 1, 0.5], '▓' => [0, 1, 0.75]);
my $eighth = 0;
for my $lower (qw(▁ ▂ ▃ ▄ ▅ ▆ ▇)) {
	$eighth++;
	$block{$lower} = [1 - $eighth / 8, $eighth / 8, 1];
}

# A number without what does not show
sub short
{
	my $text = sprintf('%.2f', shift);

	$text =~ s/\.?0+$//;
	return $text;
}

sub rectangle
{
	my ($x, $y, $width, $height, $fill, $opacity) = @_;

	push @shapes, sprintf('<rect x="%s" y="%s" width="%s" height="%s" fill="%s"%s/>', (map { short($_) } $x, $y, $width, $height),
		$fill, $opacity < 1 ? sprintf(' opacity="%s"', short($opacity)) : '');
}

sub set_look
{
	for my $code (@_) {
		if ($code == 0) { %look = () }
		elsif ($code == 1) { $look{bold} = 1 }
		elsif ($code == 4) { $look{underline} = 1 }
		elsif ($code == 7) { $look{reverse} = 1 }
		elsif ($code >= 30 && $code <= 37) { $look{text} = (COLOURS)[$code - 30] }
		elsif ($code == 39) { delete $look{text} }
		elsif ($code >= 40 && $code <= 47) { $look{ground} = (COLOURS)[$code - 40] }
		elsif ($code == 49) { delete $look{ground} }
		elsif ($code == 22) { delete $look{bold} }
		elsif ($code == 24) { delete $look{underline} }
		elsif ($code == 27) { delete $look{reverse} }
		else { die "svg.pl: unknown code $code\n" }
	}
}

# Cells that look the same, from column $at of line $line
sub draw
{
	my ($at, $line, $text) = @_;
	my ($ink, $ground) = ($look{text} // FOREGROUND, $look{ground});
	my ($x, $y) = (MARGIN + $at * CELL, MARGIN + $line * LINE);

	($ink, $ground) = ($ground // BACKGROUND, $ink) if $look{reverse};
	rectangle($x, $y, length($text) * CELL, LINE, $ground, 1) if $ground;
	while ($text =~ /(([▁-▓])\g2*)/g) {
		my ($from, $height, $opacity) = @{$block{$2}};
		my $width = length $1;

		rectangle($x + (pos($text) - $width) * CELL, $y + $from * LINE, $width * CELL, $height * LINE, $ink, $opacity);
	}
	my $letters = $text =~ s/[▁-▓]/ /gr;
	while ($letters =~ /(\S+(?: \S+)*)/g) {
		my $word = $1;
		my $left = $x + (pos($letters) - length($word)) * CELL;
		my $width = length($word) * CELL;

		$word =~ s/&/&amp;/g;
		$word =~ s/</&lt;/g;
		push @shapes, sprintf('<text x="%s" y="%s" textLength="%s" fill="%s"%s%s>%s</text>', short($left), short($y + 13.5),
			short($width), $ink, $look{bold} ? ' font-weight="bold"' : '',
			$look{underline} ? ' text-decoration="underline"' : '', $word);
	}
}

my $lines = 0;
while (my $row = <STDIN>) {
	my $at = 0;

	chomp $row;
	for my $part (split /(\e\[[0-9;]*m)/, $row) {
		if ($part =~ /^\e\[([0-9;]*)m$/) {
			set_look(map { $_ || 0 } $1 eq '' ? 0 : split /;/, $1);
			next;
		}
		$part =~ s/\x{0f}|\x{0e}//g;
		draw($at, $lines, $part) if $part ne '';
		$at += length $part;
	}
	$lines++;
}

my ($width, $height) = (short($columns * CELL + 2 * MARGIN), $lines * LINE + 2 * MARGIN);
print qq(<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height" viewBox="0 0 $width $height"),
	qq( font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">\n),
	"<title>$title</title>\n",
	sprintf(qq(<rect width="%s" height="%s" rx="6" fill="%s"/>\n), $width, $height, BACKGROUND),
	map { "$_\n" } @shapes;
print "</svg>\n";
