import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCheckpoint, type Checkpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import { CPU_PROFILE } from '../../src/engine/graph/device-profile.ts';
import { Graph, type NetworkGraph } from '../../src/engine/graph/graph.ts';
import { clipTextGraph } from '../../src/engine/networks/clip-text.ts';
import { FLUX_GRAPHS } from '../../src/engine/networks/flux.ts';
import { sizeConditioning, type SizeConditioning } from '../../src/engine/networks/size-conditioning.ts';
import { t5EncoderGraph } from '../../src/engine/networks/t5-encoder.ts';
import { embedNumbers, timestepEmbedding } from '../../src/engine/networks/timestep-embedding.ts';
import { unetGraph } from '../../src/engine/networks/unet.ts';
import { vaeDecoderGraph, vaeEncoderGraph } from '../../src/engine/networks/vae.ts';
import { CPU } from '../../src/engine/runtime/device.ts';
import { openSession, type InputValues } from '../../src/engine/runtime/session.ts';
import { CLIP_PAD, emptyClipChunk } from '../../src/engine/text/clip-chunks.ts';
import { firstPooled, joinFeatures } from '../../src/engine/text/conditioning.ts';
import { emptyT5Chunk } from '../../src/engine/text/t5-tokenizer.ts';
import { applyWeights, isWeighted } from '../../src/engine/text/weighting.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { relativeError, Tally, type Section } from './section.ts';

const TOLERANCE = 1e-5;
/** Angles near 1000 carry the rounding of float32 frequencies. */
const EMBEDDING_TOLERANCE = 1e-4;

interface CaseRecord extends SizeRecord {
  model: string;
  component: 'text' | 'adm';
  index: number;
  tokens?: Record<string, number[][]>;
  weights?: Record<string, number[][]>;
}

/** Size conditioning as golden files write it; a picture is not cropped, and is the target, unless they say so. */
export interface SizeRecord {
  width: number;
  height: number;
  crop_w?: number;
  crop_h?: number;
  target_width?: number;
  target_height?: number;
}

/** What a case is computed from; its tensors lie below `id` in the file. */
interface Case {
  readonly id: string;
  readonly golden: GoldenFile;
  readonly record: CaseRecord | undefined;
  readonly checkpoint: () => Promise<Checkpoint>;
}

/** Computes a case and gives its error. */
type Component = (test: Case) => Promise<number>;

const COMPONENTS: Readonly<Record<string, Component>> = { text, vae_enc, vae_dec, unet, adm };

/** Every network part of every model in `nets/nets.safetensors`, against the checkpoints of the folder. */
export const nets: Section = async (folder, options) => {
  const { cases, configs } = JSON.parse(await readFile(join(folder, 'nets', 'nets.json'), 'utf8')) as {
    cases: CaseRecord[];
    configs: Record<string, unknown>;
  };
  const golden = openGolden(join(folder, 'nets', 'nets.safetensors'));
  const tally = new Tally(options);
  const ids = new Set(golden.keys().map((key) => key.slice(0, key.lastIndexOf('/'))));
  for (const id of ids) {
    if (id.startsWith('timestep_embedding/')) {
      tally.add(id, await embedding(golden, id), EMBEDDING_TOLERANCE);
      continue;
    }
    const [model, component, index] = id.split('/') as [string, string, string];
    const record = cases.find(
      (it) => `${it.model}/${it.component}/${it.index}` === `${model}/${component}/${index}`,
    );
    const checkpoint = async () => openCheckpoint(await checkpointFile(folder, model), configs[model]);
    const compute = COMPONENTS[component];
    const tolerance = component === 'adm' ? EMBEDDING_TOLERANCE : TOLERANCE;
    try {
      if (!compute) throw new Error(`there is no component "${component}"`);
      tally.add(id, await compute({ id, golden, record, checkpoint }), tolerance);
    } catch (failure) {
      tally.add(id, Infinity, tolerance, String(failure));
    }
  }
  return tally.result;
};

/** `checkpoints/<model>.safetensors`, or the one whose name begins so (`flux` → `flux1-schnell-bf16`). */
export async function checkpointFile(folder: string, model: string): Promise<string> {
  const names = (await readdir(join(folder, 'checkpoints'))).filter((name) => name.endsWith('.safetensors'));
  const name = names.find((it) => it === `${model}.safetensors`) ?? names.find((it) => it.startsWith(model));
  if (name === undefined) throw new Error(`${folder}: no checkpoint for "${model}"`);
  return join(folder, 'checkpoints', name);
}

async function compute(graph: NetworkGraph, inputs: Record<string, InputValues>) {
  const session = await openSession(graph, CPU);
  try {
    return await session.run(inputs);
  } finally {
    await session.release();
  }
}

type TextPart = 'l' | 'g' | 't5xxl';

async function text({ id, golden, record, checkpoint }: Case): Promise<number> {
  const { tokens = {}, weights = {} } = record!;
  const opened = await checkpoint();
  const encode = async (part: TextPart) => {
    const ids = tokens[part]!;
    const weight = weights[part]!;
    const { hidden, pooled } = await runEncoder(opened, part, ids);
    const width = hidden!.length / ids.flat().length;
    const empty = async () => (await runEncoder(opened, part, [emptyChunk(part, ids[0]!.length)]))['hidden']!;
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

function runEncoder(checkpoint: Checkpoint, part: TextPart, chunks: readonly (readonly number[])[]) {
  const graph =
    part === 't5xxl'
      ? t5EncoderGraph(checkpoint, { tokens: chunks[0]!.length })
      : clipTextGraph(checkpoint, { batch: chunks.length, part: `clip_${part}` });
  return compute(graph, { ids: chunks.flat() });
}

const emptyChunk = (part: TextPart, length: number): readonly number[] =>
  part === 't5xxl' ? emptyT5Chunk(length) : emptyClipChunk({ pad: CLIP_PAD[part] });

async function vae_enc({ id, golden, checkpoint }: Case): Promise<number> {
  const [batch, , height, width] = golden.shape(`${id}/latent`) as [number, number, number, number];
  const graph = vaeEncoderGraph(await checkpoint(), { batch, height, width });
  const { latent, moments } = await compute(graph, { pixels: golden.f32(`${id}/pixels`) });
  return Math.max(
    relativeError(latent!, golden.f32(`${id}/latent`)),
    relativeError(moments!, golden.f32(`${id}/moments`)),
  );
}

async function vae_dec({ id, golden, checkpoint }: Case): Promise<number> {
  const [batch, , height, width] = golden.shape(`${id}/latent`) as [number, number, number, number];
  const graph = vaeDecoderGraph(await checkpoint(), { batch, height, width });
  const { pixels } = await compute(graph, { latent: golden.f32(`${id}/latent`) });
  return relativeError(pixels!, golden.f32(`${id}/pixels`));
}

async function unet({ id, golden, checkpoint }: Case): Promise<number> {
  const [batch, , height, width] = golden.shape(`${id}/x`) as [number, number, number, number];
  const tokens = golden.shape(`${id}/context`)[1]!;
  const opened = await checkpoint();
  let values: Record<string, Float32Array> = {
    x: golden.f32(`${id}/x`),
    timestep: golden.f32(`${id}/t`),
    context: golden.f32(`${id}/context`),
    ...(golden.has(`${id}/y`) && { y: golden.f32(`${id}/y`) }),
  };
  for (const graph of opened.family === 'flux' ? FLUX_GRAPHS : [unetGraph])
    values = await compute(graph(opened, { batch, height, width, tokens }), values);
  return relativeError(values['out']!, golden.f32(`${id}/out`));
}

function adm({ id, golden, record }: Case): Promise<number> {
  const y = sizeConditioning(golden.f32(`${id}/pooled`), readSize(record!));
  return Promise.resolve(relativeError(y, golden.f32(`${id}/y`)));
}

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

/** `timestep_embedding/unet320`: the name carries the width, and that FLUX counts time in thousandths. */
async function embedding(golden: GoldenFile, id: string): Promise<number> {
  const [, kind, digits] = /\/([a-z]+)(\d+)$/.exec(id)!;
  const width = Number(digits);
  const source = golden.has(`${id}/t`) ? id : id.replace(/\d+$/, '320');
  const scale = kind === 'flux' ? 1000 : 1;
  const times = [...golden.f32(`${source}/t`)].map((t) => Math.fround(t * scale));

  const graph = new Graph('embedding', CPU_PROFILE);
  const out = timestepEmbedding(graph.input('t', 'F32', [times.length]), width);
  const inGraph = await compute(graph.build({ out }), { t: times });
  const expected = golden.f32(`${id}/out`);
  return Math.max(
    relativeError(inGraph['out']!, expected),
    relativeError(embedNumbers(times, width), expected),
  );
}
