<?php
// How a help desk begins: pipe(8) starts this for every mail; it reads the mail, takes it apart, posts it as JSON.
// usage: handle.php URL SENDER RECIPIENT
[, $url, $sender, $recipient] = $argv;
$raw = stream_get_contents(STDIN);
[$head, $body] = preg_split("/\r?\n\r?\n/", $raw, 2) + [1 => ''];
$headers = iconv_mime_decode_headers($head, ICONV_MIME_DECODE_CONTINUE_ON_ERROR, 'UTF-8') ?: [];

function content(string $part): array
{
    [$head, $body] = preg_split("/\r?\n\r?\n/", ltrim($part), 2) + [1 => ''];
    $type = preg_match('/^content-type:\s*([^;\s]+)/mi', $head, $found) ? strtolower($found[1]) : 'text/plain';
    if (preg_match('/^content-transfer-encoding:\s*base64/mi', $head)) {
        $body = base64_decode($body);
    } elseif (preg_match('/^content-transfer-encoding:\s*quoted-printable/mi', $head)) {
        $body = quoted_printable_decode($body);
    }
    $name = preg_match('/name="?([^"\r\n;]+)/i', $head, $found) ? $found[1] : null;
    return [$type, $name, $body];
}

$text = $html = null;
$attachments = [];
if (preg_match('/boundary="?([^"\r\n;]+)/i', $head, $found)) {
    foreach (array_slice(explode("--$found[1]", $body), 1, -1) as $part) {
        [$type, $name, $bytes] = content($part);
        if ($name !== null) {
            $attachments[] = ['name' => $name, 'content_type' => $type, 'content_base64' => base64_encode($bytes)];
        } elseif ($type === 'text/html') {
            $html = $bytes;
        } else {
            $text = $bytes;
        }
    }
} else {
    $text = content($raw)[2];
}
$json = json_encode([
    'sender' => $sender, 'recipient' => $recipient, 'subject' => $headers['Subject'] ?? '', 'headers' => $headers,
    'text' => $text, 'html' => $html, 'attachments' => $attachments, 'raw_base64' => base64_encode($raw),
], JSON_INVALID_UTF8_SUBSTITUTE);
$context = stream_context_create(['http' => [
    'method' => 'POST', 'header' => "Content-Type: application/json\r\n", 'content' => $json, 'timeout' => 30,
    'ignore_errors' => true,
]]);
@file_get_contents($url, false, $context);
exit(preg_match('/ 2\d\d /', $http_response_header[0] ?? '') ? 0 : 75);
