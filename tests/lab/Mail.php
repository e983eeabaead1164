<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A mail that a site sent. */
final class Mail
{
    private function __construct(
        public readonly string $to,
        public readonly string $subject,
        public readonly string $body,
        public readonly string $raw,
    ) {
    }

    public static function parse(string $raw): self
    {
        [$head, $body] = preg_split('/\r?\n\r?\n/', $raw, 2) + [1 => ''];
        $headers = array_change_key_case(iconv_mime_decode_headers($head, ICONV_MIME_DECODE_CONTINUE_ON_ERROR, 'UTF-8') ?: []);
        $header = static fn (string $name): string => implode(', ', (array) ($headers[$name] ?? ''));
        $body = match (strtolower($header('content-transfer-encoding'))) {
            'base64' => (string) base64_decode($body),
            'quoted-printable' => quoted_printable_decode($body),
            default => $body,
        };
        return new self($header('to'), $header('subject'), $body, $raw);
    }

    /** The link to set a (new) password, as registration and reset mails have it. */
    public function resetLink(): ?string
    {
        return preg_match('~https?://[^\s<>"]*wp-login\.php\?[^\s<>"]*action=rp[^\s<>"]*~', $this->body, $found)
            ? html_entity_decode($found[0])
            : null;
    }
}
