<?php
// client.php PORT CA OTHER-CA CERTIFICATE KEY VERSION FILE: what languages.py asks of a client, in PHP.
[, $port, $ca, $otherCa, $certificate, $key, $version, $file] = $argv;
$methods = ["TLSv1.2" => STREAM_CRYPTO_METHOD_TLSv1_2_CLIENT, "TLSv1.3" => STREAM_CRYPTO_METHOD_TLSv1_3_CLIENT];

function ask($method, $path, $authority, $body = "")
{
    global $port, $certificate, $key, $version, $methods;
    $context = stream_context_create([
        "http" => ["method" => $method, "content" => $body, "ignore_errors" => true],
        "ssl" => ["cafile" => $authority, "verify_peer" => true, "verify_peer_name" => true, "local_cert" => $certificate,
            "local_pk" => $key, "crypto_method" => $methods[$version]],
    ]);
    $content = @file_get_contents("https://localhost:$port$path", false, $context);
    return [$http_response_header[0] ?? "", $content];
}

fgets(STDIN);
$source = file_get_contents($file);
[$status] = ask("PUT", "/up", $ca, $source);
[, $copy] = ask("GET", "/up", $ca);
echo explode(" ", $status)[1] ?? $status, " ", $copy === $source ? "same" : "different", "\n";
echo ask("GET", "/state", $ca)[1];
echo ask("GET", "/state", $otherCa)[1] === false ? "refused " . error_get_last()["message"] : "accepted", "\n";
