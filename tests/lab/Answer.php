<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** What a server answered. */
final class Answer
{
    /** @param array<string, string> $headers by lower-case name */
    public function __construct(
        public readonly int $status,
        public readonly array $headers,
        public readonly string $body,
        public readonly string $url,
    ) {
    }

    public function json(): mixed
    {
        try {
            return json_decode($this->body, true, 512, JSON_THROW_ON_ERROR);
        } catch (\JsonException) {
            throw new LabError("$this->url answered $this->status and no JSON: " . substr($this->body, 0, 2000));
        }
    }
}
