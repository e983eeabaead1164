<?php

/** The ways to send one change of a user and to read what the site says to it. */

declare(strict_types=1);

namespace RudrSync\Bench;

/** @return array<string, callable(): void> */
function ways(string $url, Server $server): array
{
    $change = ['first_name' => 'Someone', 'last_name' => 'Anyone', 'description' => 'What they say of themselves, in a line or so.'];
    // What rudr_sync_update asks for as well.
    $endpoint = "$url/wp-json/wp/v2/users/5?_fields=id";
    $authorization = 'Basic ' . base64_encode("$server->username:$server->password");

    $site = new \RudrSync\Site($url, $server->username, $server->password, ['ca_file' => $server->caFile]);

    $handle = static function () use ($endpoint, $authorization, $server): \CurlHandle {
        $curl = curl_init($endpoint);
        curl_setopt_array($curl, [
            CURLOPT_POST => true,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_CAINFO => $server->caFile,
            CURLOPT_TIMEOUT => 20,
            CURLOPT_HTTPHEADER => ["Authorization: $authorization", 'Content-Type: application/json', 'Accept: application/json'],
        ]);
        return $curl;
    };
    $post = static function (\CurlHandle $curl) use ($change): void {
        curl_setopt($curl, CURLOPT_POSTFIELDS, json_encode($change, JSON_THROW_ON_ERROR));
        expect_user(curl_exec($curl));
    };
    $kept = $handle();

    return [
        'rudr_sync_update' => static function () use ($change, $site): void {
            if (rudr_sync_update(5, $change, $site) !== 5) {
                throw new \RuntimeException('not updated');
            }
        },
        KEPT => static fn () => $post($kept),
        'PHP curl, fresh' => static fn () => $post($handle()),
        'wp_remote_post' => static function () use ($endpoint, $authorization, $change, $server): void {
            $answer = wp_remote_post($endpoint, [
                'headers' => ['Authorization' => $authorization, 'Content-Type' => 'application/json'],
                'body' => json_encode($change, JSON_THROW_ON_ERROR),
                'sslcertificates' => $server->caFile,
                'timeout' => 20,
            ]);
            expect_user(wp_remote_retrieve_body($answer));
        },
    ];
}

function expect_user(string|bool $body): void
{
    if ((json_decode((string) $body, true)['id'] ?? null) !== 5) {
        throw new \RuntimeException('no user came back: ' . var_export($body, true));
    }
}
