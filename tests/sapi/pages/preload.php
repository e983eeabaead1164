<?php
// What opcache loads before there is a request, in the process whose children serve them.

declare(strict_types=1);

final class Preloaded
{
    public function __construct(private readonly RudrSync\Site $site)
    {
    }

    public function find(): ?int
    {
        return rudr_sync_find('bot@b.example', $this->site);
    }
}

(new Preloaded(new RudrSync\Site((string) ini_get('user_agent'), 'bot', 'application password')))->find();
