import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adaptCheckpoint } from '../src/engine/adapters/adapt.ts';
import { readLora } from '../src/engine/adapters/lora.ts';
import { openCheckpoint, type Checkpoint } from '../src/engine/checkpoint/checkpoint.ts';
import { unetGraph } from '../src/engine/networks/unet.ts';
import { CPU } from '../src/engine/runtime/device.ts';
import { openSession } from '../src/engine/runtime/session.ts';

/**
 * Measures the time to load a UNet with another LoRA, and its anonymous memory:
 * `npm run bench -- lora <checkpoint> [--size 512] [--rank 32] [--rounds 5]`
 *
 * The LoRAs have random weights and change every attention and MLP. Switching means reading the file's
 * header, building the graph and opening the session, with the weights in the page cache. `anonymousBytes`
 * excludes memory that is mapped from files.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '512' },
    rank: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '5' },
  },
});
const [path] = positionals;
if (path === undefined) throw new Error('usage: npm run bench -- lora <checkpoint> [--rank 32] [--rounds 5]');

const side = Number(values.size) / 8;
const size = { batch: 2, height: side, width: side, tokens: 77 };
const checkpoint = await openCheckpoint(path);
const folder = await mkdtemp(join(tmpdir(), 'latentql-bench-'));
try {
  const files = [join(folder, 'a.safetensors'), join(folder, 'b.safetensors')];
  for (const [seed, file] of files.entries())
    await writeFile(file, loraBytes(checkpoint, Number(values.rank), seed));
  const plain = await measured(() => Promise.resolve(checkpoint));
  const switches = [];
  for (let round = 0; round < Number(values.rounds); round++)
    switches.push(await measured(() => adapted(files[round % 2]!, round)));
  const seconds = switches.map((one) => one.seconds).sort((a, b) => a - b);
  console.log(
    JSON.stringify({
      ...{ size: Number(values.size), rank: Number(values.rank) },
      loraBytes: (await readFile(files[0]!)).length,
      plain,
      switchSeconds: seconds[Math.floor(seconds.length / 2)],
      range: [seconds[0], seconds.at(-1)],
      anonymousBytes: Math.max(...switches.map((one) => one.anonymousBytes)),
    }),
  );
} finally {
  await rm(folder, { recursive: true });
}

async function adapted(file: string, round: number): Promise<Checkpoint> {
  const lora = await readLora(file, checkpoint);
  return adaptCheckpoint(checkpoint, [{ lora, state: String(round), strength: 1, textStrength: 1 }]);
}

/** Opens the UNet of a checkpoint and closes it again. */
async function measured(open: () => Promise<Checkpoint>) {
  const [before, start] = [await anonymousBytes(), performance.now()];
  const session = await openSession(unetGraph(await open(), size), CPU);
  const seconds = (performance.now() - start) / 1000;
  const result = { seconds, anonymousBytes: (await anonymousBytes()) - before };
  await session.release();
  return result;
}

/** Anonymous memory of this process in bytes. */
async function anonymousBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return 1024 * Number(/^RssAnon:\s*(\d+)/m.exec(status)?.[1]);
}

/** A LoRA file with kohya's key names, in half precision. */
function loraBytes(source: Checkpoint, rank: number, seed: number): Buffer {
  const weights = source.weights('unet');
  const header: Record<string, unknown> = {};
  let end = 0;
  const add = (key: string, shape: readonly [number, number]) => {
    const bytes = 2 * shape[0] * shape[1];
    header[key] = { dtype: 'F16', shape, data_offsets: [end, (end += bytes)] };
  };
  for (const key of weights.keys()) {
    const { shape } = weights.get(key);
    if (!/transformer_blocks.*\.weight$/.test(key) || shape.length !== 2) continue;
    const base = `lora_unet_${key.replace(/\.weight$/, '').replaceAll('.', '_')}`;
    add(`${base}.lora_up.weight`, [shape[0]!, rank]);
    add(`${base}.lora_down.weight`, [rank, shape[1]!]);
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  // Values around 1/64: half-precision bits with a small exponent.
  const data = new Uint16Array(end / 2).map((_, i) => 0x2000 + ((i * 40503 + seed) & 0x83ff));
  return Buffer.concat([length, json, Buffer.from(data.buffer)]);
}
