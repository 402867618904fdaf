import { open } from 'node:fs/promises';
import { join } from 'node:path';
import manifests from '../../../bench/data/real-size-manifests.json' with { type: 'json' };
import { openCheckpoint, type Checkpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { ELEMENT_BYTES, type DType } from '../../../src/engine/checkpoint/safetensors.ts';
import { encode } from './encode.ts';
import { temporaryFolder } from './safetensors-file.ts';

type Manifest = Readonly<Record<string, readonly number[]>>;

const only = (manifest: Manifest, pattern: RegExp): Manifest =>
  Object.fromEntries(Object.entries(manifest).filter(([key]) => pattern.test(key)));

/** OpenCLIP's larger encoder, as the refiner has it. */
const refinerText: Manifest = Object.fromEntries(
  Object.entries(only(manifests.sdxl, /^conditioner\.embedders\.1\./)).map(([key, shape]) => [
    key.replace('embedders.1', 'embedders.0'),
    shape,
  ]),
);
const vae = only(manifests.sd15, /^first_stage_model\./);
const sd21: Manifest = { ...manifests.sd21, ...vae };

/** FLUX with so many blocks of each kind. */
const fluxOf = (double: number, single: number): Manifest =>
  Object.fromEntries(
    Object.entries(manifests.flux).filter(([key]) => {
      const [, kind, number] = /^(double|single)_blocks\.(\d+)\./.exec(key) ?? [];
      return kind === undefined || Number(number) < (kind === 'double' ? double : single);
    }),
  );

const besideFlux = {
  'ae.safetensors': [manifests.flux_ae, 'BF16'],
  'clip_l.safetensors': [manifests.clip_l, 'F16'],
  't5xxl_fp16.safetensors': [manifests.t5xxl, 'F16'],
} as const satisfies Files;

type Files = Readonly<Record<string, readonly [Manifest, DType]>>;

/** Files of the real models, by name. */
const FILES = {
  sd15: { 'sd15.safetensors': [manifests.sd15, 'F16'] },
  sd21: { 'sd21.safetensors': [sd21, 'F16'] },
  // As some are published: without the last layer of the text encoder, which is not used.
  sd21_short: {
    'sd21.safetensors': [only(sd21, /^(?!.*resblocks\.23\.)/), 'F16'],
  },
  sdxl_refiner: {
    'refiner.safetensors': [{ ...manifests.sdxl_refiner_unet, ...refinerText, ...vae }, 'F16'],
  },
  sdxl: { 'sdxl.safetensors': [manifests.sdxl, 'F16'] },
  flux: { 'flux1-schnell.safetensors': [manifests.flux, 'BF16'], ...besideFlux },
  // Of the real width, for machines without the memory for all blocks.
  flux_2_2: { 'flux1-schnell.safetensors': [fluxOf(2, 2), 'BF16'], ...besideFlux },
  flux_3_2: { 'flux1-schnell.safetensors': [fluxOf(3, 2), 'BF16'], ...besideFlux },
  flux_2_3: { 'flux1-schnell.safetensors': [fluxOf(2, 3), 'BF16'], ...besideFlux },
  flux_3_3: { 'flux1-schnell.safetensors': [fluxOf(3, 3), 'BF16'], ...besideFlux },
} as const satisfies Readonly<Record<string, Files>>;
export type RealModel = keyof typeof FILES;

/**
 * A checkpoint with the keys, shapes and sizes of the real model, all zeros, its files gone after the test: they are holes,
 * which take no room. `dtype` takes the place of the diffusion network's own.
 */
export async function realSizeCheckpoint(model: RealModel, dtype?: DType): Promise<Checkpoint> {
  const folder = await temporaryFolder();
  const [[main, [manifest, usual]], ...rest] = Object.entries<readonly [Manifest, DType]>(FILES[model]) as [
    [string, readonly [Manifest, DType]],
    ...[string, readonly [Manifest, DType]][],
  ];
  await writeHollow(join(folder, main), manifest, dtype ?? usual);
  for (const [name, [shapes, type]] of rest) await writeHollow(join(folder, name), shapes, type);
  return openCheckpoint(join(folder, main));
}

async function writeHollow(path: string, manifest: Manifest, dtype: DType): Promise<void> {
  let end = 0;
  const header = Object.entries(manifest).map(([key, shape]) => {
    const size = shape.reduce((product, dim) => product * dim, ELEMENT_BYTES[dtype]);
    return [key, { dtype, shape, data_offsets: [end, (end += size)] }];
  });
  const bytes = encode(JSON.stringify(Object.fromEntries(header)));
  const file = await open(path, 'w');
  await file.write(bytes);
  await file.truncate(bytes.length + end);
  await file.close();
}
