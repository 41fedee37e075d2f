// Prints as JSON what npm's dotenv, alone or with dotenv-expand, makes of each file: read.js READER FILE…
"use strict";

const fs = require("node:fs");
const dotenv = require("dotenv");
const { expand } = require("dotenv-expand");

const [reader, ...paths] = process.argv.slice(2);
const readings = paths.map((path) => {
  const parsed = dotenv.parse(fs.readFileSync(path));
  if (reader === "dotenv") return parsed;
  return expand({ parsed, processEnv: { HOME: process.env.HOME } }).parsed;
});
process.stdout.write(JSON.stringify(readings));
