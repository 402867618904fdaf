import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import { inSingle } from '../../src/engine/graph/device-profile.ts';
import { Graph, type NetworkGraph } from '../../src/engine/graph/graph.ts';
import { clipTextGraph } from '../../src/engine/networks/clip-text.ts';
import { diffusionNetworkOf } from '../../src/engine/networks/diffusion.ts';
import { sizeConditioning, type SizeConditioning } from '../../src/engine/networks/size-conditioning.ts';
import { t5EncoderGraph } from '../../src/engine/networks/t5-encoder.ts';
import { embedNumbers, timestepEmbedding } from '../../src/engine/networks/timestep-embedding.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from '../../src/engine/networks/vae.ts';
import { CPU, type Device } from '../../src/engine/runtime/device.ts';
import { openSession, type InputValues } from '../../src/engine/runtime/session.ts';
import { CLIP_PAD, emptyClipChunk } from '../../src/engine/text/clip-chunks.ts';
import { firstPooled, joinFeatures } from '../../src/engine/text/conditioning.ts';
import { emptyT5Chunk } from '../../src/engine/text/t5-tokenizer.ts';
import { applyWeights, isWeighted } from '../../src/engine/text/weighting.ts';
import {
  openGoldenCheckpoint,
  readNetsRecord,
  withExtra,
  type NetCase,
  type SizeRecord,
} from './checkpoints.ts';
import { cropToCells } from './crop.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { weightsOf } from './prompts.ts';
import { relativeError, Tally, type Section } from './section.ts';
import { networkTolerance, singleTolerance } from './tolerances.ts';

const TOLERANCE = 1e-5;
/** Angles near 1000 carry the rounding of float32 frequencies. */
const EMBEDDING_TOLERANCE = 1e-4;

/** What a case is computed from; its tensors lie below `id` in the file. */
interface Case {
  readonly id: string;
  readonly golden: GoldenFile;
  readonly record: NetCase | undefined;
  readonly device: Device;
  readonly checkpoint: () => Promise<Checkpoint>;
}

/** Computes a case and gives its error. */
type Component = (test: Case) => Promise<number>;

const COMPONENTS: Readonly<Record<string, Component>> = { text, vae_enc, vae_dec, unet, adm };

function toleranceOf(component: string, device: Device): number {
  switch (component) {
    case 'adm':
      return EMBEDDING_TOLERANCE; // no network
    case 'vae_enc':
    case 'vae_dec':
      return singleTolerance(device, TOLERANCE);
    default:
      return networkTolerance(device, TOLERANCE);
  }
}

/** Every network part of every model in `nets/nets.safetensors`, and in `extra/` if there is one, against the checkpoints there. */
export const nets: Section = async (folder, options) => {
  const tally = new Tally(options);
  const { device = CPU } = options;
  for (const [i, place] of withExtra(folder).entries()) {
    const vectors = join(place, 'nets', 'nets.safetensors');
    if (i > 0 && !existsSync(vectors)) continue;
    const { cases } = await readNetsRecord(place);
    const golden = openGolden(vectors);
    for (const id of new Set(golden.keys().map((key) => key.slice(0, key.lastIndexOf('/'))))) {
      const [model, component, index] = id.split('/') as [string, string, string | undefined];
      if (model === 'timestep_embedding') {
        await tally.check(id, EMBEDDING_TOLERANCE, () => embedding(golden, component, device));
        continue;
      }
      const record = cases.find(
        (it) => it.model === model && it.component === component && String(it.index) === index,
      );
      await tally.check(id, toleranceOf(component, device), () => {
        const compute = COMPONENTS[component];
        if (!compute) throw new Error(`there is no component "${component}"`);
        return compute({ id, golden, record, device, checkpoint: () => openGoldenCheckpoint(place, model) });
      });
    }
  }
  return tally.result;
};

async function compute(graph: NetworkGraph, inputs: Record<string, InputValues>, device: Device) {
  const session = await openSession(graph, device);
  try {
    return await session.run(inputs);
  } finally {
    await session.release();
  }
}

type TextPart = 'l' | 'g' | 't5xxl';

async function text({ id, golden, record, device, checkpoint }: Case): Promise<number> {
  const { tokens = {}, weights = {} } = recordOf(record);
  const opened = await checkpoint();
  const encode = async (part: TextPart) => {
    const ids = tokens[part];
    if (!ids) throw new Error(`nets.json records no tokens of "${part}"`);
    const weight = weightsOf({ ids, weights: weights[part] ?? 'all 1.0' });
    const { hidden, pooled } = await runEncoder(opened, part, ids, device);
    const width = hidden!.length / ids.flat().length;
    const empty = async () =>
      (await runEncoder(opened, part, [emptyChunk(part, ids[0]!.length)], device))['hidden']!;
    const data = isWeighted(weight) ? applyWeights(hidden!, await empty(), weight, width) : hidden!;
    return { data, width, tokens: data.length / width, pooled };
  };
  const l = await encode('l');
  const other = opened.family === 'sd15' ? l : await encode(opened.family === 'sdxl' ? 'g' : 't5xxl');
  const cond = opened.family === 'sdxl' ? joinFeatures(l, other) : other;
  const expected = golden.f32(`${id}/pooled`);
  const pooled = other.pooled ?? l.pooled!;
  return Math.max(
    relativeError(cond.data, golden.f32(`${id}/cond`)),
    relativeError(firstPooled(pooled, expected.length), expected),
  );
}

function recordOf(record: NetCase | undefined): NetCase {
  if (!record) throw new Error('nets.json has no entry for it');
  return record;
}

function runEncoder(
  checkpoint: Checkpoint,
  part: TextPart,
  chunks: readonly (readonly number[])[],
  device: Device,
) {
  const { profile } = device;
  const graph =
    part === 't5xxl'
      ? t5EncoderGraph(checkpoint, { tokens: chunks[0]!.length, profile })
      : clipTextGraph(checkpoint, { batch: chunks.length, part: `clip_${part}`, profile });
  return compute(graph, { ids: chunks.flat() }, device);
}

const emptyChunk = (part: TextPart, length: number): readonly number[] =>
  part === 't5xxl' ? emptyT5Chunk(length) : emptyClipChunk({ pad: CLIP_PAD[part] });

async function vae_enc({ id, golden, device, checkpoint }: Case): Promise<number> {
  const [batch, , height, width] = golden.shape(`${id}/latent`) as [number, number, number, number];
  const graph = vaeEncoderGraph(await checkpoint(), { batch, height, width, profile: device.profile });
  const pixels = cropToCells(golden.f32(`${id}/pixels`), golden.shape(`${id}/pixels`)).data;
  const { latent, moments } = await compute(graph, { pixels }, device);
  return Math.max(
    relativeError(latent!, golden.f32(`${id}/latent`)),
    relativeError(moments!, golden.f32(`${id}/moments`)),
  );
}

async function vae_dec({ id, golden, device, checkpoint }: Case): Promise<number> {
  const [batch, , height, width] = golden.shape(`${id}/latent`) as [number, number, number, number];
  const graph = vaeDecoderGraph(await checkpoint(), { batch, height, width, profile: device.profile });
  const { pixels } = await compute(graph, { latent: golden.f32(`${id}/latent`) }, device);
  return relativeError(pixels!, golden.f32(`${id}/pixels`));
}

async function unet({ id, golden, device, checkpoint }: Case): Promise<number> {
  const [batch, , height, width] = golden.shape(`${id}/x`) as [number, number, number, number];
  const tokens = golden.shape(`${id}/context`)[1]!;
  const opened = await checkpoint();
  let values: Record<string, Float32Array> = {
    x: golden.f32(`${id}/x`),
    timestep: golden.f32(`${id}/t`),
    context: golden.f32(`${id}/context`),
    ...(golden.has(`${id}/y`) && { y: golden.f32(`${id}/y`) }),
  };
  for (const graph of diffusionNetworkOf(opened).graphs)
    values = await compute(
      graph(opened, { batch, height, width, tokens, profile: device.profile }),
      values,
      device,
    );
  return relativeError(values['out']!, golden.f32(`${id}/out`));
}

function adm({ id, golden, record }: Case): Promise<number> {
  const y = sizeConditioning(golden.f32(`${id}/pooled`), readSize(recordOf(record)));
  return Promise.resolve(relativeError(y, golden.f32(`${id}/y`)));
}

/** Where a picture was cut and scaled; what a record leaves out did not happen. */
export function readSize(record: SizeRecord): SizeConditioning {
  const { width, height, crop_w = 0, crop_h = 0, target_width = width, target_height = height } = record;
  return {
    height,
    width,
    cropTop: crop_h,
    cropLeft: crop_w,
    targetHeight: target_height,
    targetWidth: target_width,
  };
}

/** `unet320`: the name carries the width, and that FLUX counts time in thousandths. Names of one kind share their times. */
async function embedding(golden: GoldenFile, name: string, device: Device): Promise<number> {
  const [, kind, digits] = /^([a-z]+)(\d+)$/.exec(name) ?? [];
  const times = golden
    .keys()
    .find((key) => key.startsWith(`timestep_embedding/${kind}`) && key.endsWith('/t'));
  if (kind === undefined || times === undefined) throw new Error(`"${name}" names no width, or has no times`);
  const width = Number(digits);
  const own = `timestep_embedding/${name}/t`;
  const scale = kind === 'flux' ? 1000 : 1;
  const scaled = [...golden.f32(golden.has(own) ? own : times)].map((t) => Math.fround(t * scale));

  const graph = new Graph('embedding', inSingle(device.profile));
  const out = timestepEmbedding(graph.input('t', 'F32', [scaled.length]), width);
  const inGraph = await compute(graph.build({ out }), { t: scaled }, device);
  const expected = golden.f32(`timestep_embedding/${name}/out`);
  return Math.max(
    relativeError(inGraph['out']!, expected),
    relativeError(embedNumbers(scaled, width), expected),
  );
}
