# client.pl PORT CA OTHER-CA CERTIFICATE KEY VERSION FILE: what languages.py asks of a client, in Perl.
use strict;
use warnings;
use IO::Socket::SSL;
$| = 1;
my ($port, $ca, $other_ca, $certificate, $key, $version, $file) = @ARGV;
(my $name = $version) =~ s/\./_/;

sub ask {
    my ($method, $path, $authority, $body) = @_;
    my $socket = IO::Socket::SSL->new(
        PeerHost => "localhost", PeerPort => $port, SSL_ca_file => $authority, SSL_verify_mode => SSL_VERIFY_PEER,
        SSL_verifycn_scheme => "http", SSL_version => $name, SSL_cert_file => $certificate, SSL_key_file => $key,
    ) or return (0, $SSL_ERROR);
    my $length = defined $body ? length $body : 0;
    print $socket "$method $path HTTP/1.0\r\nHost: localhost\r\nContent-Length: $length\r\n\r\n", $body // "";
    local $/;
    my $answer = <$socket>;
    my ($head, $content) = split /\r\n\r\n/, $answer, 2;
    return ((split / /, $head)[1], $content);
}

<STDIN>;
open my $handle, "<:raw", $file or die;
my $source = do { local $/; <$handle> };
my ($status) = ask("PUT", "/up", $ca, $source);
my (undef, $copy) = ask("GET", "/up", $ca);
print "$status ", $copy eq $source ? "same" : "different", "\n";
my (undef, $state) = ask("GET", "/state", $ca);
print $state;
my ($other, $error) = ask("GET", "/state", $other_ca);
print $other ? "accepted\n" : "refused $error\n";
