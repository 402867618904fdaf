import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adaptCheckpoint } from '../../src/engine/adapters/adapt.ts';
import { readLora, type Lora } from '../../src/engine/adapters/lora.ts';
import { tensorsOf, type Target } from '../../src/engine/adapters/targets.ts';
import type { Checkpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import type { PartName } from '../../src/engine/families/family.ts';
import { inSingle } from '../../src/engine/graph/device-profile.ts';
import { Graph, type Tensor } from '../../src/engine/graph/graph.ts';
import { transpose } from '../../src/engine/graph/ops.ts';
import { openWeights } from '../../src/engine/graph/scope.ts';
import type { SchedulerName } from '../../src/engine/noise/names.ts';
import { createModel } from '../../src/engine/pipeline/families.ts';
import { isGuided } from '../../src/engine/pipeline/guidance.ts';
import { sample } from '../../src/engine/pipeline/sample.ts';
import { planSampling } from '../../src/engine/pipeline/sampling-plan.ts';
import type { TokenizeT5 } from '../../src/engine/pipeline/t5-encoder.ts';
import { CPU, type Device } from '../../src/engine/runtime/device.ts';
import { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import { openSession } from '../../src/engine/runtime/session.ts';
import type { SamplerName } from '../../src/engine/samplers/names.ts';
import { SAMPLERS } from '../../src/engine/samplers/registry.ts';
import { openGoldenCheckpoint } from './checkpoints.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { latentShare } from './latents.ts';
import { relativeError, Tally, type Section } from './section.ts';
import { tokenizeT5 } from './t5-tokens.ts';
import { networkTolerance, singleTolerance } from './tolerances.ts';

/** Where a name leads, as `lora.json` writes it. */
type RecordedTarget =
  | string
  | {
      readonly key: string;
      readonly rows: readonly [number, number] | null;
      readonly function: string | null;
    };

interface FileRecord {
  readonly model: string;
  readonly targets: Readonly<Record<string, RecordedTarget>>;
  readonly ignored: readonly string[];
  readonly overridden: readonly string[];
}

interface LoraCase {
  readonly id: string;
  readonly model: string;
  readonly loras: readonly {
    readonly file: string;
    readonly strength_model: number;
    readonly strength_clip: number;
  }[];
  readonly encoded: string;
  readonly steps: number;
  readonly denoise: number;
  readonly seed: string;
  readonly cfg: number;
  readonly sampler: SamplerName;
  readonly scheduler: SchedulerName;
  readonly positive: string;
  readonly negative: string;
  readonly weights: readonly string[];
  readonly digest_keys: number;
}

interface LoraRecord {
  readonly files: Readonly<Record<string, FileRecord>>;
  readonly cases: readonly LoraCase[];
  readonly key_lists: Readonly<Record<string, readonly string[]>>;
}

const TOLERANCE = { weights: 1e-6, latent: 2e-5 };

/**
 * What every file of `lora/` names, and every case: the weights that it makes, the prompt with the changed text encoders, the
 * whole run.
 */
export const lora: Section = async (folder, options) => {
  const { device = CPU, golden: base = folder } = options;
  const record = JSON.parse(await readFile(join(folder, 'lora/lora.json'), 'utf8')) as LoraRecord;
  const vectors = openGolden(join(folder, 'lora/lora.safetensors'));
  const tokenize = await tokenizeT5(base, options.t5Tokenizer);
  const checkpoints = new Map<string, Promise<Checkpoint>>();
  const open = (model: string): Promise<Checkpoint> => {
    const checkpoint = checkpoints.get(model) ?? openGoldenCheckpoint(base, model);
    checkpoints.set(model, checkpoint);
    return checkpoint;
  };
  const read = async (file: string, model: string) =>
    readLora(join(folder, 'lora/files', `${file}.safetensors`), await open(model));

  const tally = new Tally(options);
  for (const [file, expected] of Object.entries(record.files)) {
    await tally.check(`files/${file}`, 0, async () =>
      differencesOf(await read(file, expected.model), expected),
    );
  }
  for (const entry of record.cases.filter(({ id }) => tally.takes(id))) {
    const shares = await judge(entry).catch((failure: unknown) => String(failure));
    if (typeof shares === 'string') tally.add(entry.id, Infinity, 1, shares);
    else {
      const off = Object.entries(shares).filter(([, share]) => !(share <= 1));
      const cause = off.map(([what, share]) => `${what} is off by ${share.toFixed(2)} of its tolerance`);
      const worst = Math.max(
        ...Object.values(shares).map((share) => (Number.isNaN(share) ? Infinity : share)),
      );
      tally.add(entry.id, worst, 1, cause.join(', ') || undefined);
    }
  }
  return tally.result;

  async function judge(entry: LoraCase): Promise<Record<string, number>> {
    const uses = [];
    for (const { file, strength_model: strength, strength_clip: textStrength } of entry.loras) {
      uses.push({ lora: await read(file, entry.model), state: file, strength, textStrength });
    }
    const adapted = adaptCheckpoint(await open(entry.model), uses);
    return {
      ...(await judgeWeights(entry, adapted)),
      ...(await judgeRun(entry, adapted, { device, tokenize, vectors })),
    };
  }

  /** Shares of their tolerances by which single weights, and sums over all of them, are off. */
  async function judgeWeights(entry: LoraCase, adapted: Checkpoint): Promise<Record<string, number>> {
    const names = record.key_lists[entry.digest_keys]!;
    const weights = await weightsOf(adapted, [...new Set([...names, ...entry.weights])], device);
    const tolerance = singleTolerance(device, TOLERANCE.weights);
    const errors = entry.weights.map((name) =>
      relativeError(weights.get(name)!, vectors.f32(`${entry.id}/weight/${name}`)),
    );
    const digests = names.flatMap((name) => digestOf(weights.get(name)!));
    const digest = relativeError(digests, vectors.f32(`${entry.id}/digest`));
    return { 'a weight': Math.max(...errors) / tolerance, 'the digest': digest / tolerance };
  }
};

/** How many of a file's names lead elsewhere, or nowhere, or are not as recorded. */
function differencesOf(found: Lora, { targets, ignored, overridden }: FileRecord): number {
  const ours = Object.fromEntries([...found.bases].map(([base, target]) => [base, recorded(target)]));
  const names = new Set([...Object.keys(targets), ...Object.keys(ours)]);
  const wrong = [...names].filter((base) => JSON.stringify(ours[base]) !== JSON.stringify(targets[base]));
  const differ = (a: readonly string[], b: readonly string[]) =>
    Number(a.toSorted().join() !== b.toSorted().join());
  return wrong.length + differ(found.ignored, ignored) + differ(found.overridden, overridden);
}

function recorded({ name, own, arrangement }: Target): RecordedTarget {
  const isSwapped = arrangement === 'halves swapped';
  if (!own && !isSwapped) return name;
  return {
    key: name,
    rows: own ? [own.from, own.count] : null,
    function: isSwapped ? 'swap_halves' : null,
  };
}

/** Weights by ComfyUI's name, each as a network would compute it that has no branch beside it. */
async function weightsOf(
  checkpoint: Checkpoint,
  names: readonly string[],
  device: Device,
): Promise<Map<string, Float32Array>> {
  const tensors = tensorsOf(checkpoint);
  const targets = names.map((name) => tensors.get(name)!);
  const weights = new Map<string, Float32Array>();
  for (const part of new Set(targets.map(({ part }) => part))) {
    const results = await partWeights(
      checkpoint,
      part,
      targets.filter((target) => target.part === part),
      device,
    );
    for (const [name, values] of results) weights.set(name, values);
  }
  return weights;
}

async function partWeights(
  checkpoint: Checkpoint,
  part: PartName,
  targets: readonly Target[],
  device: Device,
): Promise<[string, Float32Array][]> {
  const graph = new Graph(part, inSingle(device.profile), 'pictures');
  const x = graph.input('x', 'F32', [1]);
  const source = checkpoint.weights(part).only(...targets.map(({ key }) => key));
  const s = openWeights(graph, source);
  const outputs: Record<string, Tensor> = {};
  const keys = new Set(targets.map(({ key }) => key));
  for (const key of keys) {
    const { shape } = source.get(key);
    // Where only some of a fused weight's rows are wanted, the others are read all the same.
    for (const target of [...tensorsOf(checkpoint).values()].filter(
      (it) => it.part === part && it.key === key,
    )) {
      const { from, count } = target.rows ?? { from: 0, count: shape[0]! };
      const weight = s.rows(key, from, shape[0]!, [count, ...shape.slice(1)], x);
      outputs[target.name] = target.arrangement === 'transposed' ? transpose(weight, [1, 0]) : weight;
    }
  }
  const session = await openSession(graph.build(outputs), device);
  const results = await session.run({ x: [1] });
  await session.release();
  return Object.entries(results);
}

/** Sum, length, and a sum that tells places apart. */
function digestOf(values: Float32Array): [number, number, number] {
  let [sum, squares, weighted] = [0, 0, 0];
  values.forEach((value, i) => {
    sum += value;
    squares += value * value;
    weighted += value * ((i % 7) - 3);
  });
  return [sum, Math.sqrt(squares), weighted];
}

interface RunContext {
  readonly device: Device;
  readonly tokenize: TokenizeT5;
  readonly vectors: GoldenFile;
}

/** Shares of their tolerances by which the encoded prompt and the latent are off. */
async function judgeRun(
  entry: LoraCase,
  adapted: Checkpoint,
  { device, tokenize, vectors }: RunContext,
): Promise<Record<string, number>> {
  const networks = new ModelCache({ device, memoryLimit: 2 ** 30 });
  const model = createModel(adapted, networks, tokenize);
  const tolerance = networkTolerance(device, TOLERANCE.latent);
  const positive = await model.encodePrompt(entry.positive);
  const shares: Record<string, number> = {
    'the prompt': relativeError(positive.context.data, vectors.f32(`${entry.id}/cond`)) / tolerance,
  };
  if (positive.pooled && vectors.has(`${entry.id}/pooled`))
    shares['the pooled prompt'] =
      relativeError(positive.pooled, vectors.f32(`${entry.id}/pooled`)) / tolerance;

  const guided = isGuided(entry.cfg, SAMPLERS[entry.sampler]);
  const negative = guided ? await model.encodePrompt(entry.negative) : positive;
  const [, channels, height, width] = vectors.shape(entry.encoded) as [number, number, number, number];
  const latent = await sample({
    plan: planSampling({ ...entry, schedule: model.schedule, samplerName: entry.sampler }),
    network: model.network({ positive, negative }, { batch: 1, height, width }),
    cfg: entry.cfg,
    seed: BigInt(entry.seed),
    latent: vectors.f32(entry.encoded),
    shape: [1, channels, height, width],
    latentFormat: model.latentFormat,
    onStep: () => undefined,
  });
  shares['the latent'] = await latentShare(model, device, {
    ...{ found: latent, expected: vectors.f32(`${entry.id}/latent`) },
    ...{ shape: [1, channels, height, width], tolerance: TOLERANCE.latent },
  });
  await networks.clear();
  return shares;
}
