import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import { CheckpointError } from '../errors.ts';
import type { ModelFamily } from '../families/index.ts';
import { controlNetGraph, hintGraph } from './controlnet.ts';
import type { ResidualPlace } from './residual-place.ts';
import { readT2iSpec, t2iAdapterGraph } from './t2i-adapter.ts';
import { inputBlockChannels, readEncoderSpec, readUNetSpec, type UNetEncoderSpec } from './unet-spec.ts';
import { kindsOf, UNION_MODES } from './union-control.ts';

/** The kind, family and weights of a control. */
interface ControlWeights {
  readonly kind: 'CONTROLNET' | 'UNION_CONTROLNET' | 'T2I_ADAPTER';
  readonly family: ModelFamily;
  readonly weights: WeightSource;
}

/** Any size will do: a network's weights do not depend on it. */
const SIZE = { batch: 1, height: 8, width: 8, tokens: 8 };

/**
 * Builds the networks of a control. Throws CheckpointError for a key that is missing, unknown, misshapen or
 * not floating-point.
 */
export function checkControl({ kind, weights }: Omit<ControlWeights, 'family'>): void {
  if (kind === 'T2I_ADAPTER') {
    t2iAdapterGraph(weights, SIZE);
    return;
  }
  const [mode] = kindsOf(weights) > 0 ? UNION_MODES : [];
  hintGraph(weights, { ...SIZE, mode });
  controlNetGraph(weights, { ...SIZE, pooled: false, heads: () => 1 });
}

/**
 * Throws CheckpointError if the outputs of a control do not have the shapes that a checkpoint's UNet expects.
 */
export function controlMustFit(control: ControlWeights, checkpoint: Checkpoint): void {
  const { family } = checkpoint;
  const own = { family: control.family, ...sizesOf(control) };
  const wanted = { family, ...(control.family === family && wantedSizes(control, readUNetSpec(checkpoint))) };
  const off = Object.entries(wanted).find(
    ([name, value]) => value !== (own as Record<string, unknown>)[name],
  );
  if (!off) return;
  const [what, expected] = off;
  const found = (own as Record<string, unknown>)[what];
  throw new CheckpointError(
    `${control.weights.spell('')} is for another model: its ${what} is ${String(found)}, expected ${String(expected)}`,
  );
}

const sizesOf = ({ kind, weights }: ControlWeights) =>
  kind === 'T2I_ADAPTER'
    ? {
        channels: readT2iSpec(weights)
          .levels.map(({ channels }) => channels)
          .join(),
      }
    : encoderSizes(readEncoderSpec(weights, () => 1));

const wantedSizes = ({ kind, weights }: ControlWeights, unet: UNetEncoderSpec) =>
  kind === 'T2I_ADAPTER'
    ? {
        channels: readT2iSpec(weights)
          .levels.map(({ place }) => channelsAt(unet, place))
          .join(),
      }
    : encoderSizes(unet);

const encoderSizes = (spec: UNetEncoderSpec) => ({
  channels: inputBlockChannels(spec).join(),
  'text width': spec.contextWidth,
  'vector width': spec.vectorWidth,
});

function channelsAt(unet: UNetEncoderSpec, place: ResidualPlace): number | undefined {
  const channels = inputBlockChannels(unet);
  return place === 'middle' ? channels.at(-1) : channels[Number(place.split(' ')[1])];
}
