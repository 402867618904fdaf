import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { openCheckpoint } from '../src/engine/checkpoint/checkpoint.ts';
import { clipTextGraph } from '../src/engine/networks/clip-text.ts';
import { unetGraph } from '../src/engine/networks/unet.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from '../src/engine/networks/vae.ts';
import { CPU } from '../src/engine/runtime/device.ts';
import { ModelCache } from '../src/engine/runtime/model-cache.ts';
import type { NetworkSource } from '../src/engine/runtime/network-source.ts';
import { sineInputs } from './sine-inputs.ts';

/**
 * Measures the time to load all networks of an SD1.5 checkpoint, and the anonymous memory of this process
 * while each one runs once (Linux): `npm run bench -- load <checkpoint> [--size 512]`
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string', default: '512' } },
});
const [path] = positionals;
if (path === undefined) throw new Error('usage: npm run bench -- load <checkpoint> [--size 512]');

const MB = 2 ** 20;
/** Anonymous memory of this process in bytes. */
const anonymous = () => 1024 * Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]);

/** Samples memory in another thread, because a run blocks this one. */
const watch = new Worker(
  `const { parentPort } = require('node:worker_threads');
   const anonymous = ${anonymous.toString().replace('readFileSync', "require('node:fs').readFileSync")};
   let peak = 0;
   setInterval(() => { peak = Math.max(peak, anonymous()); }, 5);
   parentPort.on('message', () => { parentPort.postMessage(peak); peak = 0; });`,
  { eval: true },
);
await new Promise((resolve) => watch.once('online', resolve));
const peakSinceLast = () =>
  new Promise<number>((resolve) => {
    watch.once('message', resolve);
    watch.postMessage(null);
  });

const before = anonymous();
const cpuBefore = process.cpuUsage();
const start = performance.now();
const checkpoint = await openCheckpoint(path);
const cells = Number(values.size) / 8;
const size = { batch: 1, height: cells, width: cells };
const sources: NetworkSource[] = [
  { checkpoint, name: 'clip_l', build: (profile) => clipTextGraph(checkpoint, { batch: 1, profile }) },
  { checkpoint, name: 'encoder', build: (profile) => vaeEncoderGraph(checkpoint, { ...size, profile }) },
  {
    checkpoint,
    name: 'unet',
    build: (profile) => unetGraph(checkpoint, { ...size, batch: 2, tokens: 77, profile }),
  },
  { checkpoint, name: 'decoder', build: (profile) => vaeDecoderGraph(checkpoint, { ...size, profile }) },
];
const networks = new ModelCache({ device: CPU, memoryLimit: Infinity });
await networks.openAhead(sources);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
const megabytes = (bytes: number) => Math.round(bytes / MB);
console.log(
  JSON.stringify({
    load: { seconds, cpuSeconds: (user + system) / 1e6, anonymousMB: megabytes(anonymous()) },
  }),
);
await peakSinceLast();

let peak = 0;
for (const source of [...sources, sources[2]!]) {
  const session = await networks.open(source);
  await session.run(sineInputs(session.graph));
  const reached = await peakSinceLast();
  peak = Math.max(peak, reached);
  console.log(
    JSON.stringify({ run: source.name, peakMB: megabytes(reached), afterMB: megabytes(anonymous()) }),
  );
}
console.log(JSON.stringify({ beforeMB: megabytes(before), peakMB: megabytes(peak) }));
await watch.terminate();
