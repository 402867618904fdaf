import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import manifests from './data/real-size-manifests.json' with { type: 'json' };
import { tinyDecoderShapes } from './tiny-decoder-shapes.ts';

/**
 * Writes checkpoints with the real models' keys, shapes and sizes and random weights, for measurements:
 * `npm run synth -- <sd15|sdxl|flux|taesd|taef1> --out <folder> [--dtype F16|BF16|F32]`
 */

type Manifest = Readonly<Record<string, readonly number[]>>;

const KINDS = {
  sd15: [['sd15-synth.safetensors', manifests.sd15, 'F16']],
  taesd: [['taesd_decoder.safetensors', tinyDecoderShapes(4), 'F16']],
  taef1: [['taef1_decoder.safetensors', tinyDecoderShapes(16), 'F16']],
  sdxl: [['sdxl-synth.safetensors', manifests.sdxl, 'F16']],
  flux: [
    ['flux1-schnell-synth.safetensors', manifests.flux, 'BF16'],
    ['ae.safetensors', manifests.flux_ae, 'BF16'],
    ['clip_l.safetensors', manifests.clip_l, 'F16'],
    ['t5xxl_fp16.safetensors', manifests.t5xxl, 'F16'],
  ],
} as const satisfies Record<string, readonly (readonly [string, Manifest, DType])[]>;

type DType = 'F16' | 'BF16' | 'F32';
const BYTES = { F16: 2, BF16: 2, F32: 4 } as const;

/** Period of the random numbers: single weights do not matter, and drawing billions of them takes long. */
const BLOCK = 1 << 20;

/** Uniform in ±1, from a fixed seed (Park & Miller 1988). */
function uniforms(length: number): Float32Array {
  let state = 20250101;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

/** Bits of the nearest half-precision number. Subnormal values become 0. */
function halfBits(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]! + 0x1000;
  const exponent = ((bits >> 23) & 0xff) - 112;
  return exponent <= 0 ? 0 : ((bits >> 16) & 0x8000) | (exponent << 10) | ((bits >> 13) & 0x3ff);
}

function encodeBlock(values: Float32Array, dtype: DType): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.buffer);
  if (dtype === 'F16') return new Uint8Array(Uint16Array.from(values, halfBits).buffer);
  return new Uint8Array(Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >> 16).buffer);
}

/**
 * Centre and half width of the distribution of a weight's values, chosen so that signals keep their magnitude
 * through every layer.
 */
function distribution(key: string, shape: readonly number[]): { centre: number; spread: number } {
  if (key.endsWith('bias')) return { centre: 0, spread: 0.02 };
  if (shape.length <= 1) return { centre: 1, spread: 0.1 }; // norms
  if (/embedding|shared\.weight/.test(key)) return { centre: 0, spread: 0.05 };
  const inputs = shape.slice(1).reduce((product, dim) => product * dim, 1);
  return { centre: 0, spread: Math.sqrt(3 / inputs) };
}

function* file(manifest: Manifest, dtype: DType): Generator<Uint8Array> {
  const tensors = Object.entries(manifest).map(([key, shape]) => ({
    key,
    shape,
    size: shape.reduce((product, dim) => product * dim, 1) * BYTES[dtype],
  }));
  let end = 0;
  const entries = tensors.map(({ key, shape, size }) => [
    key,
    { dtype, shape, data_offsets: [end, (end += size)] },
  ]);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  yield length;
  yield header;

  const noise = uniforms(BLOCK);
  const blocks = new Map<string, Uint8Array>();
  for (const { key, shape, size } of tensors) {
    const { centre, spread } = distribution(key, shape);
    const id = `${centre} ${spread}`;
    const block =
      blocks.get(id) ??
      encodeBlock(
        noise.map((value) => centre + spread * value),
        dtype,
      );
    blocks.set(id, block);
    for (let left = size; left > 0; left -= block.length) yield block.subarray(0, left);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, dtype: { type: 'string' } },
});
const kind = positionals[0] ?? '';
const { out, dtype: wanted } = values;
if (
  !Object.hasOwn(KINDS, kind) ||
  out === undefined ||
  (wanted !== undefined && !Object.hasOwn(BYTES, wanted))
) {
  throw new Error(
    `usage: npm run synth -- ${Object.keys(KINDS).join('|')} --out <folder> [--dtype F16|BF16|F32]`,
  );
}
await mkdir(out, { recursive: true });
for (const [name, manifest, usual] of KINDS[kind as keyof typeof KINDS]) {
  const path = join(out, name);
  await pipeline(
    Readable.from(file(manifest, (wanted as DType | undefined) ?? usual)),
    createWriteStream(path),
  );
  console.log(path);
}
