# Brings up the loopback of a network namespace of its own with these addresses beside 127.0.0.1 and ::1, then runs a command in
# it: perl loopback-alone.pl <address>... -- <command>. Perl is a part of every Debian; iproute2 is not.
use strict;
use warnings;
use Socket qw(AF_INET AF_INET6 SOCK_DGRAM inet_pton);

my ($SIOCSIFFLAGS, $SIOCSIFADDR) = (0x8914, 0x8916);
my $UP = 0x1 | 0x8 | 0x40; # IFF_UP, IFF_LOOPBACK, IFF_RUNNING

socket(my $v4, AF_INET, SOCK_DGRAM, 0) or die "socket: $!";
socket(my $v6, AF_INET6, SOCK_DGRAM, 0) or die "socket: $!";

sub control {
  my ($socket, $call, $what, $request) = @_;
  ioctl($socket, $call, $request) or die "$what: $!";
}

control($v4, $SIOCSIFFLAGS, 'lo up', pack('a16 s x22', 'lo', $UP));
my $alias = 0;
while (@ARGV and (my $address = shift) ne '--') {
  if ($address =~ /:/) {
    # struct in6_ifreq: the address, the length of its prefix, the index of lo
    control($v6, $SIOCSIFADDR, $address, inet_pton(AF_INET6, $address) . pack('L l', 128, 1));
  } else {
    my $name = 'lo:' . $alias++;
    control($v4, $SIOCSIFADDR, $address, pack('a16 S n a4 x16', $name, AF_INET, 0, inet_pton(AF_INET, $address)));
    control($v4, $SIOCSIFFLAGS, $address, pack('a16 s x22', $name, $UP));
  }
}
exec @ARGV or die "$ARGV[0]: $!";
