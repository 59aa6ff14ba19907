<?php
// server.php PORT CA CERTIFICATE KEY VERSION: gives back what is put, and the client certificate's name, in PHP.
[, $port, $ca, $certificate, $key, $version] = $argv;
$methods = ["TLSv1.2" => STREAM_CRYPTO_METHOD_TLSv1_2_SERVER, "TLSv1.3" => STREAM_CRYPTO_METHOD_TLSv1_3_SERVER];
$context = stream_context_create(["ssl" => ["cafile" => $ca, "local_cert" => $certificate, "local_pk" => $key,
    "verify_peer" => true, "verify_peer_name" => false, "capture_peer_cert" => true, "crypto_method" => $methods[$version]]]);
$server = stream_socket_server("tcp://127.0.0.1:$port", $number, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
while (true) {
    $socket = @stream_socket_accept($server, -1);
    if ($socket === false || !@stream_socket_enable_crypto($socket, true, $methods[$version])) {
        continue;
    }
    $length = 0;
    while (($line = fgets($socket)) !== false && trim($line) !== "") {
        if (preg_match('/^content-length: *(\d+)/i', $line, $found)) {
            $length = (int) $found[1];
        } elseif (preg_match('/^expect:/i', $line)) {
            fwrite($socket, "HTTP/1.1 100 Continue\r\n\r\n");
        }
    }
    $body = $length ? stream_get_contents($socket, $length) : "";
    $name = openssl_x509_parse(stream_context_get_params($socket)["options"]["ssl"]["peer_certificate"])["subject"]["CN"];
    $state = stream_get_meta_data($socket)["crypto"]["protocol"] . " $name";
    fwrite($socket, "HTTP/1.1 200 OK\r\nConnection: close\r\nX-State: $state\r\nContent-Length: $length\r\n\r\n$body");
    fclose($socket);
}
