import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  byTiles,
  CPU_PROFILE,
  withBytes,
  withPlainConvolutions,
  type DeviceProfile,
} from '../src/engine/graph/device-profile.ts';
import type { NetworkGraph } from '../src/engine/graph/graph.ts';
import { engineIn, engineOf } from './engine-at.ts';
import { sineInputs } from './sine-inputs.ts';

/**
 * Compares a network's CPU time with several profiles, alternating in one process:
 * `npm run bench -- step <checkpoint, or a tiny decoder> [--network unet|encoder|decoder|tiny] [--size 512]
 * [--batch 2] [--rounds 3] [--ways NONE,F4,F2,FAST] [--base <commit>]`
 *
 * The ways are direct convolutions, Winograd convolutions, and quality FAST, whose loading quantises all
 * weights. With `--base`, the engine of that commit comes first. Times are user times of all threads: median,
 * minimum and maximum. `ratio` is relative to the first way. `error` is the root mean square difference from
 * the first way's result, relative to that result. `scratchBytes` is the estimated memory of a run.
 */

const PROFILES: Readonly<Record<string, DeviceProfile>> = {
  NONE: withPlainConvolutions(CPU_PROFILE),
  F2: { ...CPU_PROFILE, winograd: byTiles('F2') },
  F4: { ...CPU_PROFILE, winograd: byTiles('F4') },
  FAST: withBytes(CPU_PROFILE),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    network: { type: 'string', default: 'unet' },
    size: { type: 'string', default: '512' },
    batch: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    ways: { type: 'string', default: 'NONE,F4,F2' },
    base: { type: 'string' },
  },
});
const [path] = positionals;
const names = values.ways.split(',');
if (path === undefined || names.some((name) => !PROFILES[name]))
  throw new Error(
    'usage: npm run bench -- step <checkpoint> [--network unet|encoder|decoder|tiny] [--ways NONE,F4,F2] [--base <commit>]',
  );

const base = values.base === undefined ? undefined : await engineOf(values.base);
const own = await engineIn(join(import.meta.dirname, '..'));
const ways = [
  ...(base ? [{ way: values.base!, engine: base, profile: base.device.CPU.profile }] : []),
  ...names.map((way) => ({ way, engine: own, profile: PROFILES[way]! })),
];

const side = Number(values.size) / 8;
const size = { batch: Number(values.batch), height: side, width: side, tokens: 77 };
const runs = [];
for (const { way, engine, profile } of ways) {
  const start = process.cpuUsage();
  const graph = await graphOf(path, values.network, engine, profile);
  const session = await engine.session.openSession(graph, engine.device.CPU);
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
    // The first run reads the checkpoint and allocates memory.
    if (round > 0) seconds.push(taken);
    outputs.set(way, Object.values(results)[0]!);
  }
await base?.remove();

const first = runs[0]!;
console.log(
  JSON.stringify({
    network: values.network,
    size: Number(values.size),
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

/** The network of a checkpoint, or of a tiny decoder's file. */
async function graphOf(
  file: string,
  network: string,
  { checkpoint, tinyDecoder, taesd, unet, vae }: Awaited<ReturnType<typeof engineIn>>,
  profile: DeviceProfile,
): Promise<NetworkGraph> {
  const options = { ...size, ...(network !== 'unet' && { batch: 1 }), profile };
  if (network === 'tiny') {
    if (!tinyDecoder || !taesd) throw new Error('that commit has no tiny decoders');
    return taesd.tinyDecoderGraph((await tinyDecoder.openTinyDecoder(file)).weights, options);
  }
  const graphs = { unet: unet.unetGraph, encoder: vae.vaeEncoderGraph, decoder: vae.vaeDecoderGraph };
  return graphs[network as keyof typeof graphs](await checkpoint.openCheckpoint(file), options);
}

function userSeconds(since: NodeJS.CpuUsage): number {
  return process.cpuUsage(since).user / 1e6;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function errorOf(found: Float32Array, expected: Float32Array): number {
  const squares = (numbers: Float32Array) => numbers.reduce((sum, number) => sum + number * number, 0);
  return Math.sqrt(squares(found.map((number, i) => number - expected[i]!)) / squares(expected));
}
