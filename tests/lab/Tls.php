<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** An authority and a certificate for 127.0.0.1, for sites over https. Two, since rustls refuses a CA as a server's. */
final class Tls
{
    /** The authority's certificate, to be trusted. */
    public static function authority(): string
    {
        return self::folder() . '/ca.pem';
    }

    public static function nginx(): string
    {
        $folder = self::folder();
        return "ssl_certificate $folder/leaf.pem; ssl_certificate_key $folder/leaf.key;";
    }

    private static function folder(): string
    {
        $folder = Lab::run() . '/tls';
        if (is_file("$folder/ca.pem")) {
            return $folder;
        }
        @mkdir($folder);
        file_put_contents("$folder/openssl.cnf", "[req]\ndistinguished_name=dn\n[dn]\n"
            . "[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
            . "[leaf]\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n"
            . "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
        $with = ['config' => "$folder/openssl.cnf", 'digest_alg' => 'sha256', 'private_key_type' => OPENSSL_KEYTYPE_EC,
            'private_key_bits' => 2048, 'curve_name' => 'prime256v1'];
        $caKey = openssl_pkey_new($with);
        $ca = openssl_csr_sign(
            openssl_csr_new(['commonName' => 'Lab authority'], $caKey, $with),
            null,
            $caKey,
            30,
            $with + ['x509_extensions' => 'ca'],
            1
        );
        $key = openssl_pkey_new($with);
        $leaf = openssl_csr_sign(
            openssl_csr_new(['commonName' => '127.0.0.1'], $key, $with),
            $ca,
            $caKey,
            30,
            $with + ['x509_extensions' => 'leaf'],
            2
        );
        openssl_x509_export_to_file($leaf, "$folder/leaf.pem");
        openssl_pkey_export_to_file($key, "$folder/leaf.key", null, $with);
        openssl_x509_export_to_file($ca, "$folder/ca.pem");
        return $folder;
    }
}
