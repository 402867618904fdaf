import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readControl, type Control } from '../../src/engine/adapters/control-file.ts';
import type { Checkpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import type { NetworkGraph } from '../../src/engine/graph/graph.ts';
import type { Mask } from '../../src/engine/masks/mask.ts';
import { controlNetGraph, hintGraph } from '../../src/engine/networks/controlnet.ts';
import { readT2iSpec, t2iAdapterGraph } from '../../src/engine/networks/t2i-adapter.ts';
import { readUNetSpec } from '../../src/engine/networks/unet-spec.ts';
import type { SchedulerName } from '../../src/engine/noise/names.ts';
import { createModel } from '../../src/engine/pipeline/families.ts';
import { isGuided } from '../../src/engine/pipeline/guidance.ts';
import { fitHint } from '../../src/engine/pipeline/hint.ts';
import { sample } from '../../src/engine/pipeline/sample.ts';
import { planSampling } from '../../src/engine/pipeline/sampling-plan.ts';
import type { RgbImage } from '../../src/engine/pipeline/types.ts';
import { CPU, type Device } from '../../src/engine/runtime/device.ts';
import { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import { openSession, type InputValues, type Session } from '../../src/engine/runtime/session.ts';
import type { SamplerName } from '../../src/engine/samplers/names.ts';
import { SAMPLERS } from '../../src/engine/samplers/registry.ts';
import { readNetsRecord } from './checkpoints.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { latentShare } from './latents.ts';
import { RecipeCheckpoints } from './recipes.ts';
import { relativeError, Tally, type Section } from './section.ts';
import { networkTolerance } from './tolerances.ts';

interface NetRecord {
  readonly id: string;
  readonly control: string;
}

interface WholeRun {
  readonly id: string;
  readonly model: string;
  readonly controls: readonly {
    readonly file: string;
    readonly hint: string;
    readonly strength: number;
    readonly start_percent: number;
    readonly end_percent: number;
  }[];
  readonly sampler: SamplerName;
  readonly scheduler: SchedulerName;
  readonly steps: number;
  readonly denoise: number;
  readonly cfg: number;
  readonly batch: number;
  readonly seed: string;
  /** Recorded with files whose names say nothing of it. */
  readonly global_average_pooling?: boolean;
  readonly noise_mask?: string;
  readonly encoded: string;
  readonly positive: string;
  readonly negative: string;
  /** How often each file's network was evaluated. */
  readonly control_forward_calls: Readonly<Record<string, number>>;
}

interface Manifest {
  readonly nets: readonly NetRecord[];
  readonly cases: readonly WholeRun[];
}

const TOLERANCE = 2e-5;

/** Every network output and every whole run of `control/`. */
export const control: Section = async (folder, options) => {
  const { device = CPU, golden: base = join(folder, '..') } = options;
  const golden = openGolden(join(folder, 'control/control.safetensors'));
  const manifest = JSON.parse(await readFile(join(folder, 'control/control.json'), 'utf8')) as Manifest;
  const files = new RecipeCheckpoints(folder, base);
  const { configs } = await readNetsRecord(base);
  const known = new Map<string, Promise<Checkpoint>>();
  const open: Files = {
    control: async (name) => readControl(await files.path(name)),
    checkpoint(name) {
      const checkpoint = known.get(name) ?? files.open(name, configs[name] ?? {});
      known.set(name, checkpoint);
      return checkpoint;
    },
  };
  const tally = new Tally(options);
  const tolerance = networkTolerance(device, TOLERANCE);
  try {
    for (const entry of manifest.nets)
      await tally.check(entry.id, tolerance, () => outputError(entry, golden, open, device));
    for (const entry of manifest.cases)
      await tally.check(entry.id, 1, () => runShare(entry, golden, open, device));
  } finally {
    await files.close();
  }
  return tally.result;
};

interface Files {
  control(name: string): Promise<Control>;
  checkpoint(name: string): Promise<Checkpoint>;
}

/** The largest relative error among the values that a control gives to its UNet. */
async function outputError(
  { id, control: name }: NetRecord,
  golden: GoldenFile,
  open: Files,
  device: Device,
) {
  const file = await open.control(name);
  const given =
    file.kind === 'T2I_ADAPTER'
      ? await adapterOutputs(file, golden, id, device)
      : await networkOutputs(file, await open.checkpoint(`${file.family}-f16`), golden, id, device);
  const errors = Object.entries(given).map(([place, values]) => {
    const [part, n] = place.split(' ') as [string, string | undefined];
    const key = part === 'skip' ? `output/${n!}` : part === 'middle' ? 'middle/0' : `input/${11 - Number(n)}`;
    return relativeError(values, golden.f32(`${id}/${key}`));
  });
  const recorded = golden.keys().filter((key) => new RegExp(`^${id}/(output|middle|input)/`).test(key));
  if (errors.length !== recorded.length)
    throw new Error(`${errors.length} outputs, expected ${recorded.length}`);
  return Math.max(...errors);
}

async function networkOutputs(
  { weights, pooled }: Control,
  checkpoint: Checkpoint,
  golden: GoldenFile,
  id: string,
  device: Device,
) {
  const [batch, , height, width] = golden.shape(`${id}/x`) as [number, number, number, number];
  const size = { batch, height, width, profile: device.profile };
  const [, tokens] = golden.shape(`${id}/context`) as [number, number];
  const unet = readUNetSpec(checkpoint);
  const heads = (width: number) => unet.heads(width);
  const read = await compute(hintGraph(weights, size), device, { pixels: planes(golden, id, 3) });
  return compute(controlNetGraph(weights, { ...size, tokens, pooled, heads }), device, {
    ...read,
    x: golden.f32(`${id}/x`),
    timestep: golden.f32(`${id}/t`),
    context: golden.f32(`${id}/context`),
    ...(golden.has(`${id}/y`) && { y: golden.f32(`${id}/y`) }),
    strength: [1],
  });
}

function adapterOutputs({ weights }: Control, golden: GoldenFile, id: string, device: Device) {
  const { batch, height, width } = hintSize(golden, `${id}/hint_u8`);
  const size = { batch, height: height / 8, width: width / 8, profile: device.profile };
  return compute(t2iAdapterGraph(weights, size), device, {
    hint: planes(golden, id, readT2iSpec(weights).hintChannels),
  });
}

async function compute(graph: NetworkGraph, device: Device, inputs: Record<string, InputValues>) {
  const session = await openSession(graph, device);
  const results = await session.run(inputs);
  await session.release();
  return results;
}

/** The hints of a case, at the size that they are stored in. */
const planes = (golden: GoldenFile, id: string, channels: number): Float32Array =>
  Float32Array.from(
    picturesAt(golden, `${id}/hint_u8`).flatMap((image) => [...fitHint(image, image, channels)]),
  );

function hintSize(golden: GoldenFile, key: string) {
  const [batch, height, width] = golden.shape(key) as [number, number, number];
  return { batch, height, width };
}

function picturesAt(golden: GoldenFile, key: string): RgbImage[] {
  const { batch, height, width } = hintSize(golden, key);
  const length = 3 * height * width;
  const data = golden.u8(key);
  return Array.from({ length: batch }, (_, i) => ({
    width,
    height,
    data: data.slice(i * length, (i + 1) * length),
  }));
}

/** The share of its tolerance by which a run's latent is off. */
async function runShare(entry: WholeRun, golden: GoldenFile, open: Files, device: Device): Promise<number> {
  const calls = new Map<string, number>();
  const networks = new ModelCache({
    device,
    memoryLimit: 2 ** 30,
    load: async (graph, on) => counting(await openSession(graph, on), calls),
  });
  const model = createModel(await open.checkpoint(entry.model), networks);
  const uses = [];
  for (const { file, hint, strength, start_percent: start, end_percent: end } of entry.controls) {
    const opened = await open.control(file);
    const pooled = entry.global_average_pooling ?? opened.pooled;
    uses.push({ control: { ...opened, pooled }, strength, start, end, hints: picturesAt(golden, hint) });
  }
  const [, channels, height, width] = golden.shape(entry.encoded) as [number, number, number, number];
  const { batch } = entry;
  const shape = { batch, height, width };
  const controls = await model.controls!(uses)?.read(shape);
  const guided = isGuided(entry.cfg, SAMPLERS[entry.sampler]);
  const positive = await model.encodePrompt(entry.positive);
  const negative = guided ? await model.encodePrompt(entry.negative) : positive;
  const one = golden.f32(entry.encoded);
  const latent = await sample({
    plan: planSampling({ ...entry, schedule: model.schedule, samplerName: entry.sampler }),
    network: model.network({ positive, negative }, shape, controls && { controls }),
    cfg: entry.cfg,
    seed: BigInt(entry.seed),
    latent: Float32Array.from({ length: batch * one.length }, (_, i) => one[i % one.length]!),
    shape: [batch, channels, height, width],
    latentFormat: model.latentFormat,
    ...(entry.noise_mask !== undefined && { mask: maskAt(golden, `${entry.id}/noise_mask`) }),
  });
  const share = await latentShare(model, device, {
    ...{ found: latent, expected: golden.f32(`${entry.id}/latent`) },
    ...{ shape: [batch, channels, height, width], tolerance: TOLERANCE },
  });
  await networks.clear();
  const expected = Object.values(entry.control_forward_calls).reduce((sum, count) => sum + count, 0);
  const found = (calls.get('ControlNet') ?? 0) + (calls.get('T2I adapter') ?? 0);
  if (found !== expected) throw new Error(`the controls were evaluated ${found} times, expected ${expected}`);
  return share;
}

/** A session that counts its runs by its network's name. */
const counting = (session: Session, calls: Map<string, number>): Session => ({
  ...session,
  run(inputs) {
    const { name } = session.graph;
    calls.set(name, (calls.get(name) ?? 0) + 1);
    return session.run(inputs);
  },
});

function maskAt(golden: GoldenFile, key: string): Mask {
  const [, , height, width] = golden.shape(key) as [number, number, number, number];
  return { width, height, data: golden.f32(key) };
}
