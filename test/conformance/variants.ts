import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diffusionNetworkOf } from '../../src/engine/networks/diffusion.ts';
import { refinerConditioning, type SizeConditioning } from '../../src/engine/networks/size-conditioning.ts';
import { flowSchedule } from '../../src/engine/noise/flow-schedule.ts';
import type { SchedulerName } from '../../src/engine/noise/names.ts';
import { isGuided } from '../../src/engine/pipeline/guidance.ts';
import type { NetworkConditions } from '../../src/engine/pipeline/model.ts';
import { sample } from '../../src/engine/pipeline/sample.ts';
import { planSampling } from '../../src/engine/pipeline/sampling-plan.ts';
import { CPU } from '../../src/engine/runtime/device.ts';
import type { SamplerName } from '../../src/engine/samplers/names.ts';
import { SAMPLERS } from '../../src/engine/samplers/registry.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { latentShare } from './latents.ts';
import { compute } from './nets.ts';
import { RecipeModels, type ModelsRecord } from './recipe-models.ts';
import { relativeError, T5_WANTED, Tally, type Section } from './section.ts';
import { MissingTokensError, tokenizeT5 } from './t5-tokens.ts';
import { networkTolerance } from './tolerances.ts';

/** A network, a text encoding or a vector conditioning alone. */
interface Part {
  readonly model: string;
  readonly component: keyof typeof COMPONENTS;
  readonly index: number;
  readonly prompt?: string;
  readonly prompt_type?: 'negative';
  readonly width?: number;
  readonly height?: number;
  readonly crop_w?: number;
  readonly crop_h?: number;
  readonly aesthetic_score?: number;
}

interface WholeRun {
  readonly id: string;
  readonly model: string;
  readonly encoded: string;
  readonly sampler: SamplerName;
  readonly scheduler: SchedulerName;
  readonly steps: number;
  readonly denoise: number;
  readonly cfg: number;
  readonly seed: string;
  readonly positive: string;
  readonly negative: string;
  readonly start_step?: number;
  readonly last_step?: number;
  readonly disable_noise?: boolean;
  readonly rescale_cfg?: number;
  /** null: left out. */
  readonly guidance?: number | 'disabled' | null;
  readonly model_sampling_flux?: Readonly<Record<'max_shift' | 'base_shift' | 'width' | 'height', number>>;
  readonly refiner_cond?: Readonly<Record<'ascore' | 'ascore_negative' | 'width' | 'height', number>>;
}

interface Manifest extends ModelsRecord {
  readonly nets: readonly Part[];
  readonly cases: readonly WholeRun[];
}

/** Pixels of a latent cell. */
const CELL = 8;

const TOLERANCE = { network: 5e-5, embedding: 1e-4, latent: 5e-5, fromPureNoise: 5e-4, sdeLatent: 5e-3 };
const isSde = (sampler: SamplerName): boolean => /^dpmpp_(2m_|3m_)?sde/.test(sampler);

/** Every network, encoding and run of the checkpoints in `variants/`. */
export const variants: Section = async (folder, options) => {
  const golden = openGolden(join(folder, 'variants/variants.safetensors'));
  const manifest = JSON.parse(await readFile(join(folder, 'variants/variants.json'), 'utf8')) as Manifest;
  const { device = CPU, golden: base = join(folder, '..') } = options;
  const tally = new Tally(options);
  const tokenize = await tokenizeT5(base, options.t5Tokenizer);
  const models = new RecipeModels(folder, base, manifest, device, tokenize);
  try {
    for (const part of manifest.nets) {
      const { model, component, index } = part;
      const id = `${model}/${component}/${index}`;
      const tolerance =
        component === 'adm' ? TOLERANCE.embedding : networkTolerance(device, TOLERANCE.network);
      await judge(tally, id, tolerance, () => COMPONENTS[component](id, part, models, golden));
    }
    for (const entry of manifest.cases) {
      await judge(tally, entry.id, 1, () => runShare(entry, models, golden));
    }
  } finally {
    await models.close();
  }
  return tally.result;
};

/** Counts a case, unless it wants tokens that nobody gives. */
async function judge(
  tally: Tally,
  id: string,
  tolerance: number,
  error: () => Promise<number>,
): Promise<void> {
  if (!tally.takes(id)) return;
  try {
    tally.add(id, await error(), tolerance);
  } catch (failure) {
    if (failure instanceof MissingTokensError) tally.skip(T5_WANTED);
    else tally.add(id, Infinity, tolerance, String(failure));
  }
}

function toleranceOf({ sampler, model, denoise }: WholeRun): number {
  if (isSde(sampler)) return TOLERANCE.sdeLatent;
  return model.includes('ztsnr') && denoise === 1 ? TOLERANCE.fromPureNoise : TOLERANCE.latent;
}

type Component = (id: string, part: Part, models: RecipeModels, golden: GoldenFile) => Promise<number>;

const COMPONENTS = {
  async unet(id, { model }, models, golden) {
    const checkpoint = await models.checkpoint(model);
    const [batch, , height, width] = golden.shape(`${id}/x`) as [number, number, number, number];
    const tokens = golden.shape(`${id}/context`)[1]!;
    const given = (name: string) => golden.has(`${id}/${name}`) && { [name]: golden.f32(`${id}/${name}`) };
    let values: Record<string, Float32Array> = {
      x: golden.f32(`${id}/x`),
      timestep: golden.f32(`${id}/t`),
      ...given('context'),
      ...given('y'),
      ...given('guidance'),
    };
    for (const graph of diffusionNetworkOf(checkpoint).graphs) {
      const { profile } = models.device;
      values = await compute(
        graph(checkpoint, { batch, height, width, tokens, profile }),
        values,
        models.device,
      );
    }
    return relativeError(values['out']!, golden.f32(`${id}/out`));
  },

  async text(id, { model, prompt }, models, golden) {
    const { context, pooled } = await (await models.open(model)).encodePrompt(prompt!);
    const errors = [relativeError(context.data, golden.f32(`${id}/cond`))];
    if (pooled) errors.push(relativeError(pooled, golden.f32(`${id}/pooled`)));
    return Math.max(...errors);
  },

  adm(id, part, _models, golden) {
    const { width = 768, height = 768, crop_w: cropLeft = 0, crop_h: cropTop = 0 } = part;
    const { aesthetic_score: score = part.prompt_type === 'negative' ? 2.5 : 6 } = part;
    const y = refinerConditioning(golden.f32(`${id}/pooled`), { width, height, cropLeft, cropTop }, score);
    return Promise.resolve(relativeError(y, golden.f32(`${id}/y`)));
  },
} as const satisfies Record<string, Component>;

/** The share of its tolerance by which a whole run's latent is off. */
async function runShare(entry: WholeRun, models: RecipeModels, golden: GoldenFile): Promise<number> {
  const model = await models.open(entry.model);
  const shape = golden.shape(entry.encoded) as [number, number, number, number];
  const [batch, , height, width] = shape;
  const latent = golden.f32(entry.encoded);
  const guided = isGuided(entry.cfg, SAMPLERS[entry.sampler]);
  const positive = await model.encodePrompt(entry.positive);
  const negative = guided ? await model.encodePrompt(entry.negative) : positive;
  const plan = planSampling({
    ...entry,
    schedule: entry.model_sampling_flux ? shiftedFor(entry.model_sampling_flux) : model.schedule,
    samplerName: entry.sampler,
    ...(entry.start_step !== undefined && { startStep: entry.start_step }),
    ...(entry.last_step !== undefined && { lastStep: entry.last_step }),
  });
  const result = await sample({
    plan,
    network: model.network({ positive, negative }, { batch, height, width }, conditionsOf(entry)),
    cfg: entry.cfg,
    seed: BigInt(entry.seed),
    latent,
    shape,
    latentFormat: model.latentFormat,
    ...(entry.disable_noise === true && { noise: new Float32Array(latent.length) }),
    ...(entry.rescale_cfg !== undefined && { rescaleCfg: entry.rescale_cfg }),
  });
  return latentShare(model, models.device, {
    ...{ found: result, expected: golden.f32(`${entry.id}/latent`), shape },
    tolerance: toleranceOf(entry),
  });
}

/** FLUX.1's schedule with the shift for a picture's size: μ grows linearly from 256 tokens to 4096. */
function shiftedFor({
  max_shift: most,
  base_shift: least,
  width,
  height,
}: Required<WholeRun>['model_sampling_flux']) {
  const tokens = (width / (2 * CELL)) * (height / (2 * CELL));
  return flowSchedule({ mu: ((tokens - 256) * (most - least)) / (4096 - 256) + least, entries: 10_000 });
}

function conditionsOf({ guidance, refiner_cond: refiner }: WholeRun): NetworkConditions {
  return {
    ...(guidance != null && { guidance: guidance === 'disabled' ? null : guidance }),
    ...(refiner && {
      size: sizeOf(refiner),
      aesthetic: { positive: refiner.ascore, negative: refiner.ascore_negative },
    }),
  };
}

const sizeOf = ({
  width,
  height,
}: {
  readonly width: number;
  readonly height: number;
}): SizeConditioning => ({
  ...{ width, height, cropLeft: 0, cropTop: 0 },
  ...{ targetWidth: width, targetHeight: height },
});
