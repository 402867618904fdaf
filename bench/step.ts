import { parseArgs } from 'node:util';
import { openCheckpoint } from '../src/engine/checkpoint/checkpoint.ts';
import {
  byTiles,
  CPU_PROFILE,
  withPlainConvolutions,
  type DeviceProfile,
} from '../src/engine/graph/device-profile.ts';
import { unetGraph } from '../src/engine/networks/unet.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from '../src/engine/networks/vae.ts';
import { CPU } from '../src/engine/runtime/device.ts';
import { openSession } from '../src/engine/runtime/session.ts';
import { sineInputs } from './sine-inputs.ts';

/**
 * A network's processor time with convolutions by tiles over that with plain ones, by turns in one process:
 * `npm run bench -- step <checkpoint> [--network unet|encoder|decoder] [--size 512] [--batch 2] [--rounds 3] [--ways NONE,F4,F2]`
 *
 * User time of all threads: medians, the least and the most. `error` is the root mean square of the difference from the first
 * way's result, over that of the result. `scratchBytes` is the estimate of the run's memory.
 */

const GRAPHS = { unet: unetGraph, encoder: vaeEncoderGraph, decoder: vaeDecoderGraph } as const;

const PROFILES: Readonly<Record<string, DeviceProfile>> = {
  NONE: withPlainConvolutions(CPU_PROFILE),
  F2: { ...CPU_PROFILE, winograd: byTiles('F2') },
  F4: { ...CPU_PROFILE, winograd: byTiles('F4') },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    network: { type: 'string', default: 'unet' },
    size: { type: 'string', default: '512' },
    batch: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    ways: { type: 'string', default: 'NONE,F4,F2' },
  },
});
const [path] = positionals;
const ways = values.ways.split(',');
if (path === undefined || !Object.hasOwn(GRAPHS, values.network) || ways.some((way) => !PROFILES[way]))
  throw new Error(
    'usage: npm run bench -- step <checkpoint> [--network unet|encoder|decoder] [--ways NONE,F4,F2]',
  );

const network = values.network as keyof typeof GRAPHS;
const side = Number(values.size) / 8;
const size = { batch: network === 'unet' ? Number(values.batch) : 1, height: side, width: side, tokens: 77 };
const checkpoint = await openCheckpoint(path);

const runs = [];
for (const way of ways) {
  const start = process.cpuUsage();
  const graph = GRAPHS[network](checkpoint, { ...size, profile: PROFILES[way]! });
  const session = await openSession(graph, CPU);
  runs.push({ way, session, loadSeconds: userSeconds(start), seconds: [] as number[] });
}

const outputs = new Map<string, Float32Array>();
for (let round = 0; round <= Number(values.rounds); round++)
  for (const { way, session, seconds } of runs) {
    const inputs = sineInputs(session.graph);
    const start = process.cpuUsage();
    const results = await session.run(inputs);
    const taken = userSeconds(start);
    console.error(`${way}: ${taken.toFixed(2)} s${round > 0 ? '' : ', not counted'}`);
    // The first run reads the checkpoint and takes memory.
    if (round > 0) seconds.push(taken);
    outputs.set(way, Object.values(results)[0]!);
  }

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const first = runs[0]!;
console.log(
  JSON.stringify({
    network,
    size: Number(values.size),
    batch: size.batch,
    ways: runs.map(({ way, session, loadSeconds, seconds }) => ({
      way,
      seconds: median(seconds),
      range: [Math.min(...seconds), Math.max(...seconds)],
      ratio: median(seconds) / median(first.seconds),
      error: errorOf(outputs.get(way)!, outputs.get(first.way)!),
      loadSeconds,
      scratchBytes: session.graph.activationBytes,
      modelBytes: session.graph.model.length,
    })),
  }),
);

function userSeconds(since: NodeJS.CpuUsage): number {
  return process.cpuUsage(since).user / 1e6;
}

function errorOf(found: Float32Array, expected: Float32Array): number {
  const squares = (numbers: Float32Array) => numbers.reduce((sum, number) => sum + number * number, 0);
  return Math.sqrt(squares(found.map((number, i) => number - expected[i]!)) / squares(expected));
}
