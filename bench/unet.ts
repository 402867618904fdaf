import { parseArgs } from 'node:util';
import { openCheckpoint } from '../src/engine/checkpoint/checkpoint.ts';
import { Graph, type NetworkGraph } from '../src/engine/graph/graph.ts';
import { matmul } from '../src/engine/graph/ops.ts';
import { unetGraph } from '../src/engine/networks/unet.ts';
import { openDevice } from '../src/engine/runtime/devices.ts';
import { openSession, type Session } from '../src/engine/runtime/session.ts';
import { sineInputs } from './sine-inputs.ts';

/**
 * Measures the UNet's FLOP/s relative to those of large float32 matrix products on the same device in the
 * same run:
 * `npm run bench -- unet <checkpoint> [--size 512] [--batch 2] [--rounds 3] [--device cpu]`
 *
 * `ratio` uses the best wall-clock time of each. On a shared machine, `cpuRatio`, from the CPU time of all
 * rounds, is more reliable.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '512' },
    batch: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    device: { type: 'string', default: 'cpu' },
  },
});
const [path] = positionals;
if (path === undefined) throw new Error('usage: npm run bench -- unet <checkpoint> [--size 512] [--batch 2]');

const device = await openDevice(values.device);
const cells = Number(values.size) / 8;
const size = { batch: Number(values.batch), height: cells, width: cells, tokens: 77 };
const unet = await openSession(
  unetGraph(await openCheckpoint(path), { ...size, profile: device.profile }),
  device,
);
const products = await openSession(productGraph(), device);

/** Measurements of a network: the best FLOP/s by wall-clock time, and the totals of all runs. */
interface Record {
  flopsPerSecond: number;
  flops: number;
  cpuSeconds: number;
}
const unetRecord: Record = { flopsPerSecond: 0, flops: 0, cpuSeconds: 0 };
const productRecord: Record = { flopsPerSecond: 0, flops: 0, cpuSeconds: 0 };

// The first runs read the checkpoint and allocate memory. Then alternating, so that both are disturbed alike.
await measure(unet);
await measure(products);
for (let round = 0; round < Number(values.rounds); round++) {
  for (let i = 0; i < 4; i++) await measure(products, productRecord);
  await measure(unet, unetRecord);
}

console.log(
  JSON.stringify({
    device: device.name,
    flops: unet.graph.flops,
    seconds: unet.graph.flops / unetRecord.flopsPerSecond,
    gigaflopsPerSecond: unetRecord.flopsPerSecond / 1e9,
    peakGigaflopsPerSecond: productRecord.flopsPerSecond / 1e9,
    ratio: unetRecord.flopsPerSecond / productRecord.flopsPerSecond,
    cpuRatio: unetRecord.flops / unetRecord.cpuSeconds / (productRecord.flops / productRecord.cpuSeconds),
  }),
);

/** Ten products of 2048×2048 matrices. */
function productGraph(): NetworkGraph {
  const SIZE = 2048;
  const graph = new Graph('products', device.profile);
  const x = graph.input('x', 'F32', [SIZE, SIZE]);
  let y = x;
  for (let i = 0; i < 10; i++) y = matmul(y, x);
  return graph.build({ y });
}

async function measure(session: Session, record?: Record): Promise<void> {
  const { graph } = session;
  const inputs = sineInputs(graph);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  await session.run(inputs);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (!record) return;
  record.flopsPerSecond = Math.max(record.flopsPerSecond, graph.flops / seconds);
  record.flops += graph.flops;
  record.cpuSeconds += (user + system) / 1e6;
}
