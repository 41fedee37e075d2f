<?php
// Prints as JSON what phpdotenv makes of each file: read.php FILE…
require_once '/usr/share/php/Dotenv/autoload.php';

$readings = [];
foreach (array_slice($argv, 1) as $path) {
    try {
        $values = Dotenv\Dotenv::createArrayBacked(dirname($path), basename($path))->load();
        // A name without an equals sign is no value.
        $readings[] = (object) array_filter($values, 'is_string');
    } catch (Dotenv\Exception\InvalidFileException $error) {
        $readings[] = null;
    }
}
echo json_encode($readings, JSON_THROW_ON_ERROR);
