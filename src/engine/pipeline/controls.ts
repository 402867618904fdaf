import type { Control } from '../adapters/control-file.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { CheckpointError } from '../errors.ts';
import type { JoinedSides } from '../graph/device-profile.ts';
import { controlMustFit } from '../networks/check-control.ts';
import { controlNetGraph, controlNetPlaces, hintGraph } from '../networks/controlnet.ts';
import type { ResidualPlace } from '../networks/residual-place.ts';
import { readT2iSpec, t2iAdapterGraph, t2iHintSize, t2iPlaces } from '../networks/t2i-adapter.ts';
import { readUNetSpec, type UNetEncoderSpec } from '../networks/unet-spec.ts';
import { kindsOf, UNION_MODES, type UnionMode } from '../networks/union-control.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import { fitHint } from './hint.ts';
import type { LatentShape } from './latent-shape.ts';
import { seamless } from './seamless.ts';
import type { RgbImage } from './types.ts';

/** A control and its settings in a run. */
export interface ControlUse {
  readonly control: Control;
  readonly mode?: UnionMode;
  readonly strength: number;
  /** Range of the schedule, 0..1, in which it is applied. */
  readonly start: number;
  readonly end: number;
  /** One picture for all latents of a batch, or one for each. */
  readonly hints: readonly RgbImage[];
}

/** The controls of a run. */
export interface Controls {
  /** The places at which they may add residuals. */
  readonly places: ReadonlySet<ResidualPlace>;
  /** Their networks, for `batch` latents at a time. */
  sources(shape: LatentShape, batch: number, tokens: number): NetworkSource[];
  /** Encodes the pictures, which do not depend on the step. */
  read(shape: LatentShape): Promise<ReadControls>;
}

/** Residuals that are added to a UNet, by place. */
export type Residuals = Partial<Record<ResidualPlace, Float32Array>>;

/** Controls whose pictures are encoded. */
export interface ReadControls {
  readonly places: ReadonlySet<ResidualPlace>;
  /** The residuals at σ for a network with these inputs. Places without a residual are absent. */
  residuals(sigma: number, inputs: StepInputs): Promise<Residuals>;
}

/** Inputs of an evaluation. `y` is present if the UNet takes it. */
export interface StepInputs {
  /** Latents without the additional channels of inpainting networks. */
  readonly x: Float32Array;
  readonly timestep: Float32Array;
  readonly context: Float32Array;
  readonly y?: Float32Array;
  readonly batch: number;
  readonly tokens: number;
}

/** A control's network. */
interface ControlNetwork {
  readonly places: readonly ResidualPlace[];
  sources(shape: LatentShape, batch: number, tokens: number): NetworkSource[];
  /** Encodes the picture. Returns a function that computes the residuals of a step. */
  read(shape: LatentShape): Promise<(inputs: StepInputs) => Promise<Residuals>>;
}

/**
 * The controls of a run with a UNet; undefined if none has an effect. Throws CheckpointError for a control
 * that does not fit the checkpoint.
 */
export function createControls(
  uses: readonly ControlUse[],
  checkpoint: Checkpoint,
  schedule: NoiseSchedule,
  networks: ModelCache,
  joinedSides?: JoinedSides,
): Controls | undefined {
  const unet = readUNetSpec(checkpoint);
  const controls = uses
    .filter(({ strength }) => strength !== 0)
    .map((use) => ({
      network:
        use.control.kind === 'T2I_ADAPTER'
          ? t2iAdapter(use, networks, joinedSides)
          : controlNet(use, unet, networks, joinedSides),
      from: schedule.percentToSigma(use.start),
      to: schedule.percentToSigma(use.end),
    }));
  for (const use of uses) {
    controlMustFit(use.control, checkpoint);
    modeMustBeKnown(use);
  }
  if (controls.length === 0) return undefined;
  const places = new Set(controls.flatMap(({ network }) => network.places));
  return {
    places,
    sources: (shape, batch, tokens) =>
      controls.flatMap(({ network }) => network.sources(shape, batch, tokens)),
    async read(shape) {
      const steps: { at: (inputs: StepInputs) => Promise<Residuals>; from: number; to: number }[] = [];
      for (const { network, from, to } of controls) steps.push({ at: await network.read(shape), from, to });
      return {
        places,
        async residuals(sigma, inputs) {
          let sum: Residuals = {};
          for (const { at, from, to } of steps)
            if (sigma <= from && sigma >= to) sum = added(sum, await at(inputs));
          return sum;
        },
      };
    },
  };
}

/** Throws CheckpointError for a mode that a control does not accept. */
function modeMustBeKnown({ control: { weights }, mode }: ControlUse): void {
  const known = UNION_MODES.slice(0, kindsOf(weights));
  if (mode === undefined || known.includes(mode)) return;
  const expected = known.length > 0 ? `expected one of ${known.join(', ')}` : 'it is not a union ControlNet';
  throw new CheckpointError(`${weights.spell('')} does not accept mode ${mode}: ${expected}`);
}

function controlNet(
  { control, hints, strength, mode }: ControlUse,
  unet: UNetEncoderSpec,
  networks: ModelCache,
  joinedSides: JoinedSides | undefined,
): ControlNetwork {
  const { weights, pooled } = control;
  const heads = (channels: number) => unet.heads(channels);
  const sourceOf = sourcesOf(control, joinedSides);
  const kind = mode ? ` ${mode}` : '';
  const reader = (shape: LatentShape) =>
    sourceOf(`hint ${shape.height}x${shape.width}${kind}`, (profile) =>
      hintGraph(weights, { ...shape, batch: 1, mode, profile }),
    );
  const network = ({ height, width }: LatentShape, batch: number, tokens: number): NetworkSource => ({
    ...sourceOf(`control ${batch}x${height}x${width} ${tokens} ${headsOf(unet)}${kind}`, (profile) =>
      controlNetGraph(weights, { batch, height, width, tokens, pooled, heads, mode, profile }),
    ),
    stays: true,
    alternates: true,
  });
  return {
    places: controlNetPlaces(weights),
    sources: (shape, batch, tokens) => [reader(shape), network(shape, batch, tokens)],
    async read(shape) {
      const read: Float32Array[] = [];
      const session = await networks.open(reader(shape));
      const size = { height: 8 * shape.height, width: 8 * shape.width };
      for (const image of hints.slice(0, shape.batch))
        read.push((await session.run({ pixels: fitHint(image, size, 3) }))['hint']!);
      return async ({ batch, tokens, ...inputs }) => {
        const session = await networks.open(network(shape, batch, tokens));
        return session.run({ ...inputs, hint: perLatent(read, batch, shape.batch), strength: [strength] });
      };
    },
  };
}

function t2iAdapter(
  { control, hints, strength }: ControlUse,
  networks: ModelCache,
  joinedSides: JoinedSides | undefined,
): ControlNetwork {
  const { weights } = control;
  const sourceOf = sourcesOf(control, joinedSides);
  const spec = readT2iSpec(weights);
  const source = (shape: LatentShape) =>
    sourceOf(`adapter ${shape.height}x${shape.width}`, (profile) =>
      t2iAdapterGraph(weights, { ...shape, batch: 1, profile }),
    );
  return {
    places: t2iPlaces(spec),
    sources: (shape) => [source(shape)],
    async read(shape) {
      const session = await networks.open(source(shape));
      const read: Record<string, Float32Array>[] = [];
      for (const image of hints.slice(0, shape.batch)) {
        const given = await session.run({
          hint: fitHint(image, t2iHintSize(spec, shape), spec.hintChannels),
        });
        read.push(mapped(given, (_, values) => values.map((value) => value * strength)));
      }
      return ({ batch }) =>
        Promise.resolve(
          mapped(read[0]!, (place) =>
            perLatent(
              read.map((residuals) => residuals[place]!),
              batch,
              shape.batch,
            ),
          ),
        );
    },
  };
}

const sourcesOf =
  ({ path }: Control, joinedSides: JoinedSides | undefined) =>
  (name: string, build: NetworkSource['build']): NetworkSource =>
    seamless({ checkpoint: { path }, name, build }, joinedSides);

/** The properties of the UNet on which a control's network depends. */
const headsOf = (unet: UNetEncoderSpec): string =>
  unet.levels.map(({ channels }) => unet.heads(channels)).join();

/**
 * The value of each of `batch` latents, or the only one for all. `latents` consecutive latents belong to each
 * prompt.
 */
function perLatent(values: readonly Float32Array[], batch: number, latents: number): Float32Array {
  const length = values[0]!.length;
  const out = new Float32Array(batch * length);
  for (let i = 0; i < batch; i++) out.set(values[(i % latents) % values.length]!, i * length);
  return out;
}

function mapped(
  record: Readonly<Record<string, Float32Array>>,
  change: (name: string, values: Float32Array) => Float32Array,
): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(record).map(([name, values]) => [name, change(name, values)]));
}

/** Merges residuals; those of the same place are summed. */
const added = (sum: Residuals, more: Residuals): Residuals => ({
  ...sum,
  ...mapped(more as Record<ResidualPlace, Float32Array>, (place, values) => {
    const known = sum[place as ResidualPlace];
    return known ? values.map((value, i) => known[i]! + value) : values;
  }),
});
