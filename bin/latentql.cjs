#!/usr/bin/env node
// The command `latentql`. Any Node can parse it, so that an old one prints what is needed; see src/node-version.ts.
'use strict';
var fs = require('fs');
var path = require('path');
var url = require('url');

var version = process.versions.node.split('.').map(Number);
var isSupported =
  (version[0] === 20 && version[1] >= 19) || (version[0] === 22 && version[1] >= 15) || version[0] > 22;
if (!isSupported) {
  console.error(
    'LatentQL needs Node 20.19 or newer of version 20, or 22.15 or newer; this is Node ' +
      process.versions.node +
      '.',
  );
  process.exit(1);
}

/** Files that are open while a server loads, and some connections; with fewer, modules fail to load. */
var OPEN_FILES = 512;
process.on('exit', function (code) {
  if (code !== 1) return;
  var limits = process.report.getReport().userLimits; // Windows has none
  var soft = limits ? limits.open_files.soft : 'unlimited';
  if (soft < OPEN_FILES)
    console.error('ulimit -n: expected ' + OPEN_FILES + ' open files or more, got ' + soft);
});

/** Node reserves 10 GB of address space for the memory of each WebAssembly module, such as the parser behind `fetch`. */
process.on('uncaughtExceptionMonitor', function (error) {
  if (/WebAssembly|Wasm/.test(String(error)) && /[Oo]ut of memory/.test(String(error)))
    console.error(
      'ulimit -v: too little address space for WebAssembly: set it to unlimited, or set NODE_OPTIONS=--disable-wasm-trap-handler',
    );
});

/** In the package the build; in a checkout the sources, which are always up to date. */
var root = path.join(__dirname, '..');
var isSource = fs.existsSync(path.join(root, 'src/cli/run.ts'));
var file = path.join(root, isSource ? 'src/cli/run.ts' : 'dist/cli/run.js');

(isSource ? import('tsx') : Promise.resolve())
  .then(function () {
    return import(url.pathToFileURL(file).href);
  })
  .then(function (cli) {
    return cli.run(process.argv.slice(2));
  })
  .catch(function (error) {
    console.error(error);
    process.exitCode = 1;
  });
