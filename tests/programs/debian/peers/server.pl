# server.pl PORT CA CERTIFICATE KEY VERSION: gives back what is put, and the client certificate's name, in Perl.
use strict;
use warnings;
use IO::Socket::INET;
use IO::Socket::SSL;
my ($port, $ca, $certificate, $key, $version) = @ARGV;
(my $name = $version) =~ s/\./_/;
my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 10, ReuseAddr => 1) or die;
while (1) {
    my $socket = $server->accept or next;
    IO::Socket::SSL->start_SSL(
        $socket, SSL_server => 1, SSL_ca_file => $ca, SSL_cert_file => $certificate, SSL_key_file => $key,
        SSL_version => $name, SSL_verify_mode => SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
    ) or do { warn $SSL_ERROR; next };
    my $length = 0;
    while (defined(my $line = <$socket>)) {
        last if $line =~ /^\r?\n/;
        $length = $1 if $line =~ /^content-length: *(\d+)/i;
        print $socket "HTTP/1.1 100 Continue\r\n\r\n" if $line =~ /^expect:/i;
    }
    my $body = "";
    while (length $body < $length) { read($socket, $body, $length - length $body, length $body) or last; }
    (my $used = $socket->get_sslversion) =~ s/_/./;
    my $state = "$used " . $socket->peer_certificate("commonName");
    print $socket "HTTP/1.1 200 OK\r\nConnection: close\r\nX-State: $state\r\nContent-Length: $length\r\n\r\n", $body;
    close $socket;
}
