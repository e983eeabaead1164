<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A source as it is: the extension, in a process of its own, which knows of a site only what it is told. */
final class Source
{
    /** What rudr_sync_judge() gave to keep. */
    public ?string $state = null;
    /** What it said last. */
    public array $judged = [];

    public function __construct(private readonly Site $site, private readonly string $login, private readonly string $password, private readonly string $uuid)
    {
    }

    public static function of(Sender $sender): self
    {
        return new self($sender->site, $sender->login, $sender->password, $sender->source);
    }

    /** @return list<array<string, mixed>> outcomes */
    public function deliver(array $jobs, array $options = [], array $call = []): array
    {
        $said = $this->php(
            '$outcomes = rudr_sync_deliver($args["jobs"], $site, $args["call"]); return [$outcomes, rudr_sync_judge($args["call"]["state"], $outcomes)];',
            ['jobs' => $jobs, 'call' => $call + ['state' => $this->state]],
            $options
        );
        [$outcomes, $this->judged] = $said;
        $this->state = $this->judged['state'];
        return $outcomes;
    }

    /** One job, one outcome. */
    public function job(array $job, array $options = [], array $call = []): array
    {
        return $this->deliver([$job], $options, $call)[0];
    }

    /** A job for the account of which an outcome spoke. */
    public static function again(array $job, array $outcome, array $user = [], array $more = []): array
    {
        return $more + [
            'remote_id' => $outcome['id'], 'remote_login' => $outcome['login'], 'trust' => $outcome['trust'], 'base' => $outcome['base'],
            'user' => $user + $job['user'],
        ] + $job;
    }

    /** @return list<array{check: string, ok: bool, detail: string, fix: string}> */
    public function check(): array
    {
        return $this->php('return rudr_sync_check($site);');
    }

    /** What the code returns; it sees $site and $args. */
    public function php(string $code, array $args = [], array $options = []): mixed
    {
        $script = '$all = json_decode(stream_get_contents(STDIN), true);
            $site = new RudrSync\Site(...$all["site"]);
            $args = $all["args"];
            echo json_encode((static function () use ($site, $args) { ' . $code . ' })(), JSON_THROW_ON_ERROR);';
        $site = [$this->site->url(), $this->login, $this->password, $options + ['name' => 'b', 'source' => $this->uuid]];
        [$out] = Shell::run([PHP_BINARY, '-d', 'extension=' . Lab::extension(), '-r', $script], [], json_encode(['site' => $site, 'args' => $args], JSON_THROW_ON_ERROR));
        return json_decode($out, true, 512, JSON_THROW_ON_ERROR);
    }
}
