<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A form of an HTML page, with the values that a browser would send if nobody touched it. */
final class Form
{
    /** @param list<array{string, string}> $fields */
    private function __construct(public readonly string $action, private array $fields)
    {
    }

    public static function in(Answer $page, string $id): self
    {
        $document = new \DOMDocument();
        @$document->loadHTML('<?xml encoding="UTF-8">' . $page->body);
        $path = new \DOMXPath($document);
        $form = $path->query("//form[@id='$id']")->item(0);
        if (!$form instanceof \DOMElement) {
            throw new LabError("No form #$id at $page->url ($page->status): " . Browser::text($page->body));
        }
        $fields = [];
        foreach ($path->query('.//input[@name]|.//textarea[@name]|.//select[@name]', $form) as $field) {
            /** @var \DOMElement $field */
            if ($field->hasAttribute('disabled')) {
                continue;
            }
            foreach (self::values($field) as $value) {
                $fields[] = [$field->getAttribute('name'), $value];
            }
        }
        return new self($form->getAttribute('action'), $fields);
    }

    /** @param array<string, string|null> $values null takes a field out */
    public function with(array $values): self
    {
        $fields = array_filter($this->fields, static fn (array $field) => !array_key_exists($field[0], $values));
        foreach ($values as $name => $value) {
            if ($value !== null) {
                $fields[] = [$name, $value];
            }
        }
        return new self($this->action, array_values($fields));
    }

    public function value(string $name): ?string
    {
        foreach ($this->fields as [$field, $value]) {
            if ($field === $name) {
                return $value;
            }
        }
        return null;
    }

    public function body(): string
    {
        return implode('&', array_map(
            static fn (array $field) => rawurlencode($field[0]) . '=' . rawurlencode($field[1]),
            $this->fields
        ));
    }

    /** @return list<string> */
    private static function values(\DOMElement $field): array
    {
        if ($field->tagName === 'textarea') {
            // As a form sends them.
            return [preg_replace('/\r?\n/', "\r\n", $field->textContent)];
        }
        if ($field->tagName === 'select') {
            $values = [];
            $options = iterator_to_array($field->getElementsByTagName('option'));
            foreach ($options as $option) {
                if ($option->hasAttribute('selected')) {
                    $values[] = $option->getAttribute('value');
                }
            }
            if ($values === [] && $options !== [] && !$field->hasAttribute('multiple')) {
                $values[] = $options[0]->getAttribute('value');
            }
            return $values;
        }
        return match (strtolower($field->getAttribute('type'))) {
            'submit', 'button', 'reset', 'image', 'file' => [],
            'checkbox', 'radio' => $field->hasAttribute('checked')
                ? [$field->hasAttribute('value') ? $field->getAttribute('value') : 'on']
                : [],
            default => [$field->getAttribute('value')],
        };
    }
}
