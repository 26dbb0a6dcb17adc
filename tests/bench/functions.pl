#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# functions.pl SYMBOLS LOG: the instructions of a guest's round trip by function. SYMBOLS has lines as nm prints them,
# LOG is what QEMU's "log exec,nochain" has written.
use strict;
use warnings;
no warnings 'portable';	# numbers of 64 bits

use constant HFLAGS_HV => 1 << 1;	# of the third number in a line of LOG (QEMU, target/ppc/cpu.h)

die "usage: functions.pl SYMBOLS LOG\n" unless @ARGV == 2;
my ($symbols, $log) = @ARGV;
my (@addresses, %name_at, %function_of, @trips, %how_often);

open(my $in, '<', $symbols) or die "$symbols: $!\n";
while (<$in>) {
	$name_at{hex($1)} = $2 if /^([0-9a-f]{16}) [tTwW] (\S+)$/ && $2 !~ /^\./;
}
@addresses = sort { $a <=> $b } keys %name_at;

# The function in which an address lies
sub function
{
	my $address = shift;
	my ($low, $high) = (0, $#addresses);

	# real mode: the linear mapping's addresses without their highest bits
	$address |= 0xc000000000000000 if $address < 1 << 40;
	while ($low < $high) {
		my $middle = int(($low + $high + 1) / 2);

		if ($addresses[$middle] <= $address) {
			$low = $middle;
		} else {
			$high = $middle - 1;
		}
	}
	return $name_at{$addresses[$low]};
}

# A trip begins with the first instruction of the guest.
my ($in_guest, $trip) = (0);
open($in, '<', $log) or die "$log: $!\n";
while (<$in>) {
	my ($pc, $flags) = m|^Trace [^[]*\[[0-9a-f]*/([0-9a-f]*)/([0-9a-f]*)/| or next;
	my $guest = !(hex($flags) & HFLAGS_HV);

	if ($guest) {
		unless ($in_guest) {
			push @trips, $trip if $trip;
			$trip = { length => 0 };
		}
	}
	$in_guest = $guest;
	next unless $trip;
	my $function = $guest ? 'the guest' : ($function_of{$pc} //= function(hex($pc)));
	$trip->{length}++;
	$trip->{functions}{$function}++;
}
shift @trips;	# its first instructions may be missing
die "fewer than 10 round trips\n" if @trips < 10;

$how_often{$_->{length}}++ for @trips;
my ($usual) = sort { $how_often{$b} <=> $how_often{$a} || $a <=> $b } keys %how_often;
my @same = grep { $_->{length} == $usual } @trips;
my %sum;
for my $trip (@same) {
	$sum{$_} += $trip->{functions}{$_} for keys %{$trip->{functions}};
}
printf "%d instructions in %d of %d round trips\n\n", $usual, scalar @same, scalar @trips;
printf "%7.1f  %s\n", $sum{$_} / @same, $_ for sort { $sum{$b} <=> $sum{$a} || $a cmp $b } keys %sum;
