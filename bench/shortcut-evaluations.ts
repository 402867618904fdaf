import { parseArgs } from 'node:util';
import { openCheckpoint } from '../src/engine/checkpoint/checkpoint.ts';
import { unetGraph, type UNetOptions } from '../src/engine/networks/unet.ts';
import { CPU } from '../src/engine/runtime/device.ts';
import { openSession, type Session } from '../src/engine/runtime/session.ts';
import { sineInputs } from './sine-inputs.ts';

/**
 * Compares an evaluation of a UNet with shortcuts to an exact one, alternating in one run:
 * `npm run bench -- shortcut-evaluations <checkpoint> [--size 512] [--batch 2] [--depths 1,3] [--shares 0.5]
 * [--rounds 3]`
 *
 * `time` is the median of the ratios of CPU time, `multiplications` the ratio of the computed FLOPs.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '512' },
    batch: { type: 'string', default: '2' },
    depths: { type: 'string', default: '1,3' },
    shares: { type: 'string', default: '0.5' },
    rounds: { type: 'string', default: '3' },
  },
});
const [path] = positionals;
if (path === undefined) throw new Error('usage: npm run bench -- shortcut-evaluations <checkpoint>');
const numbers = (text: string) => text.split(',').filter(Boolean).map(Number);
const cells = Number(values.size) / 8;
const checkpoint = await openCheckpoint(path);

const ways: readonly Partial<UNetOptions>[] = [
  {},
  ...numbers(values.depths).map((depth): Partial<UNetOptions> => ({ deep: { depth, use: 'GIVEN' } })),
  ...numbers(values.shares).map((tokenMerging) => ({ tokenMerging })),
];
const seconds: number[][] = ways.map(() => []);
const flops: number[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [i, way] of ways.entries()) {
    const size = { batch: Number(values.batch), height: cells, width: cells, tokens: 77 };
    const session = await openSession(unetGraph(checkpoint, { ...size, profile: CPU.profile, ...way }), CPU);
    flops[i] = session.graph.flops;
    const taken = await processorTime(session);
    await session.release();
    seconds[i]!.push(taken);
  }
}
for (const [i, way] of ways.entries()) {
  const ratios = seconds[i]!.map((taken, round) => taken / seconds[0]![round]!).sort((a, b) => a - b);
  console.log(
    JSON.stringify({
      ...way,
      multiplications: rounded(flops[i]! / flops[0]!),
      time: rounded(ratios[Math.floor(ratios.length / 2)]!),
      times: ratios.map(rounded),
    }),
  );
}

/** CPU time of the second run: the first one reads the file and allocates memory. */
async function processorTime(session: Session): Promise<number> {
  const inputs = sineInputs(session.graph);
  await session.run(inputs);
  const before = process.cpuUsage();
  await session.run(inputs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
