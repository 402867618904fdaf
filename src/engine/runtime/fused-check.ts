import type { FusedOperator } from '../graph/device-profile.ts';
import { biasSplitGelu, convolveChannelsLast, fusedGroupNorm } from '../graph/fused-operators.ts';
import { Graph, sizeOf, type Tensor } from '../graph/graph.ts';
import {
  add,
  cast,
  convolve,
  gelu,
  inputOf,
  multiply,
  reshape,
  sigmoidUnit,
  slice,
  standardise,
  type ConvOptions,
} from '../graph/ops.ts';
import { CPU, type Device } from './device.ts';
import { largestError, runOnce, TOLERANCE, wave, type CheckResult } from './self-check.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;
type Inputs = Readonly<Record<string, Tensor>>;

/** A fused operator and an equivalent without it, on the same values. */
interface FusedCase {
  readonly name: string;
  /** `x` is an input; the others are constants, like weights. */
  readonly shapes: Shapes;
  readonly fused: (inputs: Inputs) => Tensor;
  readonly plain: (inputs: Inputs) => Tensor;
}

const GROUPS = 32;

/** Typical channel counts of UNets, and a non-square picture. */
function groupNormCase([batch, channels, height, width]: readonly number[], silu: boolean): FusedCase {
  const epsilon = silu ? 1e-5 : 1e-6;
  const image = [batch!, channels!, height!, width!];
  return {
    name: `GroupNorm of ${image.join('×')}${silu ? ' with SiLU' : ''}`,
    shapes: { x: image, weight: [channels!], bias: [channels!] },
    fused: ({ x, weight, bias }) =>
      fusedGroupNorm(x!, {
        ...{ groups: GROUPS, epsilon, silu },
        ...{ weight: cast(weight!, 'F32'), bias: cast(bias!, 'F32') },
      }),
    plain: ({ x, weight, bias }) => {
      const grouped = standardise(reshape(x!, [batch!, GROUPS, sizeOf(image) / batch! / GROUPS, 1]), epsilon);
      const each = (it: Tensor) => reshape(it, [1, channels!, 1, 1]);
      const out = add(multiply(reshape(grouped, image), each(weight!)), each(bias!));
      return silu ? sigmoidUnit(out) : out;
    },
  };
}

function shiftedCase(image: readonly number[]): FusedCase {
  const { shapes, fused: _, plain } = groupNormCase(image, true);
  const [batch, channels] = image as [number, number];
  const shift = [batch, channels];
  return {
    name: `SkipGroupNorm of ${image.join('×')}`,
    shapes: { ...shapes, shift },
    fused: ({ x, weight, bias, shift }) =>
      fusedGroupNorm(x!, {
        ...{ groups: GROUPS, epsilon: 1e-5, silu: true, shift: shift! },
        ...{ weight: cast(weight!, 'F32'), bias: cast(bias!, 'F32') },
      }),
    plain: ({ x, shift, ...weights }) =>
      plain({ ...weights, x: add(x!, reshape(shift!, [batch, channels, 1, 1])) }),
  };
}

function convolutionCase(
  [batch, channels, height, width]: readonly number[],
  [out, kernel]: readonly [number, number],
  options: ConvOptions,
): FusedCase {
  return {
    name: `NhwcConv of ${[batch, channels, height, width].join('×')} to ${out}, kernel ${kernel}, stride ${options.stride ?? 1}`,
    shapes: {
      x: [batch!, channels!, height!, width!],
      weight: [out, channels!, kernel, kernel],
      bias: [out],
    },
    fused: ({ x, weight, bias }) => convolveChannelsLast(x!, weight!, bias, options),
    plain: ({ x, weight, bias }) => convolve(x!, weight!, bias, options),
  };
}

const splitCase = (width: number): FusedCase => ({
  name: `BiasSplitGelu of ${width}`,
  shapes: { x: [70, 2 * width], bias: [2 * width] },
  fused: ({ x, bias }) => biasSplitGelu(x!, bias!),
  plain: ({ x, bias }) => {
    const sum = add(x!, bias!);
    return multiply(slice(sum, 1, 0, width), gelu(slice(sum, 1, width, 2 * width)));
  },
});

const AROUND: ConvOptions = { padding: [1, 1, 1, 1] };

const CASES: Readonly<Record<FusedOperator, readonly FusedCase[]>> = {
  GroupNorm: [
    groupNormCase([2, 320, 16, 24], true),
    groupNormCase([1, 640, 8, 8], false),
    groupNormCase([2, 960, 16, 16], true),
    groupNormCase([1, 2560, 8, 8], true),
  ],
  SkipGroupNorm: [shiftedCase([2, 320, 16, 24]), shiftedCase([1, 640, 8, 8]), shiftedCase([2, 1280, 16, 16])],
  NhwcConv: [
    convolutionCase([2, 4, 16, 24], [64, 3], AROUND),
    convolutionCase([1, 128, 16, 16], [128, 3], AROUND),
    convolutionCase([2, 64, 16, 16], [64, 3], { ...AROUND, stride: 2 }),
    convolutionCase([1, 96, 16, 16], [64, 1], {}),
    convolutionCase([1, 64, 16, 16], [4, 3], AROUND),
  ],
  BiasSplitGelu: [splitCase(1280), splitCase(2560), splitCase(5120)],
};

/**
 * Compares a fused operator on a device in half precision with its equivalent on the CPU in float32. Throws
 * DeviceError.
 */
export async function* checkFused(device: Device, operator: FusedOperator): AsyncGenerator<CheckResult> {
  const profile = { ...device.profile, compute: 'F16' as const, fused: new Set([operator]) };
  for (const { name, shapes, fused, plain } of CASES[operator]) {
    const x = wave(sizeOf(shapes['x']!), 1);
    const build = (graph: Graph, make: FusedCase['plain']) => {
      const tensorOf = (key: string, shape: readonly number[], phase: number) =>
        key === 'x'
          ? inputOf(graph, key, shape)
          : graph.constant(wave(sizeOf(shape), phase + 1), shape, graph.compute);
      const inputs = Object.entries(shapes).map(
        ([key, shape], phase) => [key, tensorOf(key, shape, phase)] as const,
      );
      return graph.build({ out: make(Object.fromEntries(inputs)) });
    };
    const found = await runOnce(build(new Graph('the check of a fused operator', profile), fused), device, {
      x,
    });
    const expected = await runOnce(
      build(new Graph('the check of a fused operator', CPU.profile), plain),
      CPU,
      { x },
    );
    yield { name, error: largestError(found, expected), tolerance: TOLERANCE.F16 };
  }
}

/** Describes the first wrong result of an operator's check. Throws DeviceError. */
export async function fusedFault(device: Device, operator: FusedOperator): Promise<string | undefined> {
  for await (const { name, error, tolerance } of checkFused(device, operator))
    if (!(error <= tolerance)) return `${name} is wrong by ${error.toPrecision(2)}`;
  return undefined;
}
