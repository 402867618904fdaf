import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import { CPU_PROFILE } from '../graph/device-profile.ts';
import { Graph, type NetworkGraph, type Tensor } from '../graph/graph.ts';
import { linear, linears } from '../graph/layers.ts';
import {
  add,
  concat,
  inputOf,
  multiply,
  reshape,
  sigmoidUnit as silu,
  slice,
  transpose,
} from '../graph/ops.ts';
import { openWeights, type Scope } from '../graph/scope.ts';
import { doubleBlock, join, modulate, part, singleBlock, type Setting } from './flux-blocks.ts';
import { rotations } from './flux-rotation.ts';
import { PATCH, readFluxSpec, type FluxSpec } from './flux-spec.ts';
import type { LatentSize } from './options.ts';
import { timestepEmbedding } from './timestep-embedding.ts';

/** Options of FLUX's graphs. */
export interface FluxOptions extends LatentSize {
  /** Length of the context in tokens. */
  readonly tokens: number;
  /** Whether a guidance-distilled network receives a guidance scale; true if absent. */
  readonly hasGuidance?: boolean;
  /** The blocks of a half that the graph contains; all if absent. */
  readonly blocks?: BlockRange;
}

/** Blocks [from, to) of a network. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The rectified flow transformer of FLUX.1 (Black Forest Labs 2024) as two graphs that are run in sequence:
 * the double blocks with separate image and text streams, and the single blocks with one stream. Each half
 * may fit in memory where both do not, and can be divided further between its blocks. Graphs pass on the
 * streams `image`, `text` and `vector`. Within a half, the names of `image` and `text` end in the number of
 * the block that reads them.
 */
export const FLUX_GRAPHS = [fluxDoubleGraph, fluxSingleGraph] as const;

const FIRST_HALF = ['img_in', 'txt_in', 'time_in', 'guidance_in', 'vector_in', 'double_blocks'];

/** Number of blocks of each half. */
export function fluxBlockCounts(source: WeightSource): number[] {
  return [source.count('double_blocks'), source.count('single_blocks')];
}

/** The streams between two blocks. `vector` [B,C], the embedded time and pooled text, does not change. */
interface Streams {
  readonly image: Tensor;
  readonly text: Tensor;
  readonly vector: Tensor;
}

/**
 * The first half. Inputs: `x` [B,16,h,w] (96 channels for FLUX.1-fill, see fillChannels), `timestep` [B] in
 * 0..1, `context` [B,tokens,C] from T5, `y` [B,V] pooled by CLIP, and for FLUX.1-dev the scale `guidance`
 * [B]. After other blocks, the streams instead. Outputs: the streams `image` and `text` [B·tokens,C]; from
 * the first block also `vector` [B,C], the embedded time and pooled text.
 */
export function fluxDoubleGraph(checkpoint: Checkpoint, options: FluxOptions): NetworkGraph {
  const { profile = CPU_PROFILE } = options;
  const spec = readFluxSpec(checkpoint);
  const { from, to } = options.blocks ?? { from: 0, to: spec.doubleBlocks };
  const graph = new Graph('flux_double', profile);
  const weights = checkpoint.weights('unet').only(...FIRST_HALF);
  const isFirst = from === 0;
  const s = openWeights(
    graph,
    isFirst
      ? weights.without(...blocksIn('double_blocks', to, spec.doubleBlocks))
      : weights.only(...blocksIn('double_blocks', from, to)),
  );
  const { vector, ...streams } = isFirst ? embedded(s, spec, options) : givenStreams(graph, spec, options);
  let { image, text } = streams;
  const setting = settingOf(spec, options, vector);
  for (let i = from; i < to; i++)
    [image, text] = doubleBlock(s.at('double_blocks').at(i), setting, image, text);
  const at = to === spec.doubleBlocks ? '' : ` ${to}`;
  return graph.build({ [`image${at}`]: image, [`text${at}`]: text, ...(isFirst && { vector }) });
}

/** Embeds latent and text as token streams, and time and pooled text as the conditioning vector. */
function embedded(s: Scope, spec: FluxSpec, options: FluxOptions): Streams {
  const { batch, tokens, height, width, hasGuidance = true } = options;
  const { graph } = s;
  const x = inputOf(graph, 'x', [batch, spec.inputChannels, height, width]);
  const timestep = graph.input('timestep', 'F32', [batch]);
  const context = inputOf(graph, 'context', [batch, tokens, spec.contextWidth]);
  const y = inputOf(graph, 'y', [batch, spec.vectorWidth]);
  const image = linear(s.at('img_in'), toPatches(wrapToPatches(x)), spec.width);
  const text = linear(s.at('txt_in'), reshape(context, [batch * tokens, spec.contextWidth]), spec.width);
  let time = perceptron(s.at('time_in'), timestepEmbedding(multiply(timestep, 1000), 256), spec.width);
  if (!hasGuidance) s.skip('guidance_in');
  else if (spec.readsGuidance) {
    const guidance = timestepEmbedding(multiply(graph.input('guidance', 'F32', [batch]), 1000), 256);
    time = add(time, perceptron(s.at('guidance_in'), guidance, spec.width));
  }
  return { image, text, vector: silu(add(time, perceptron(s.at('vector_in'), y, spec.width))) };
}

/** The streams from the previous graph. */
function givenStreams(graph: Graph, spec: FluxSpec, options: FluxOptions): Streams {
  const { batch, tokens, blocks: { from } = { from: 0 } } = options;
  const { rows, columns } = patchGrid(options);
  const at = from === 0 ? '' : ` ${from}`;
  return {
    image: inputOf(graph, `image${at}`, [batch * rows * columns, spec.width]),
    text: inputOf(graph, `text${at}`, [batch * tokens, spec.width]),
    vector: inputOf(graph, 'vector', [batch, spec.width]),
  };
}

/**
 * The second half. Inputs: the streams. Output: `out` [B,16,h,w], the velocity, or the streams if other
 * blocks follow.
 */
export function fluxSingleGraph(checkpoint: Checkpoint, options: FluxOptions): NetworkGraph {
  const { batch, profile = CPU_PROFILE } = options;
  const spec = readFluxSpec(checkpoint);
  const { from, to } = options.blocks ?? { from: 0, to: spec.singleBlocks };
  const graph = new Graph('flux_single', profile);
  const streams = givenStreams(graph, spec, options);
  const weights = checkpoint.weights('unet').without(...FIRST_HALF);
  const isLast = to === spec.singleBlocks;
  const s = openWeights(
    graph,
    isLast
      ? weights.without(...blocksIn('single_blocks', 0, from))
      : weights.only(...blocksIn('single_blocks', from, to)),
  );
  const setting = settingOf(spec, options, streams.vector);
  let both = join(streams.text, streams.image, batch);
  for (let i = from; i < to; i++) both = singleBlock(s.at('single_blocks').at(i), setting, both);
  const [text, image] = part(both, streams.text.dim(0), batch);
  return isLast
    ? graph.build({ out: velocity(s.at('final_layer'), spec, options, { image, vector: streams.vector }) })
    : graph.build({ [`image ${to}`]: image, [`text ${to}`]: text });
}

/**
 * Both halves in one graph, for devices with enough memory: the streams, 50 MB at 1024², stay on the device.
 * Inputs of the first half, output of the second.
 */
export function fluxGraph(checkpoint: Checkpoint, options: FluxOptions): NetworkGraph {
  const spec = readFluxSpec(checkpoint);
  const graph = new Graph('flux', options.profile ?? CPU_PROFILE);
  const s = openWeights(graph, checkpoint.weights('unet'));
  const { vector, ...streams } = embedded(s, spec, options);
  let { image, text } = streams;
  const setting = settingOf(spec, options, vector);
  for (let i = 0; i < spec.doubleBlocks; i++)
    [image, text] = doubleBlock(s.at('double_blocks').at(i), setting, image, text);
  let both = join(text, image, options.batch);
  for (let i = 0; i < spec.singleBlocks; i++) both = singleBlock(s.at('single_blocks').at(i), setting, both);
  [, image] = part(both, text.dim(0), options.batch);
  return graph.build({ out: velocity(s.at('final_layer'), spec, options, { image, vector }) });
}

/** The final layer: velocity [B,16,h,w] from the image stream. */
function velocity(
  s: Scope,
  spec: FluxSpec,
  options: FluxOptions,
  { image, vector }: Pick<Streams, 'image' | 'vector'>,
): Tensor {
  const { batch, height, width } = options;
  const { rows, columns } = patchGrid(options);
  const [shift, scale] = linears(s.at('adaLN_modulation.1'), vector, [spec.width, spec.width]);
  const channels = spec.latentChannels * PATCH ** 2;
  const patches = linear(s.at('linear'), modulate(image, { shift: shift!, scale: scale! }), channels);
  const out = fromPatches(patches, [batch, spec.latentChannels, rows * PATCH, columns * PATCH]);
  return slice(slice(out, 2, 0, height), 3, 0, width);
}

/** Key paths of blocks [from, to). */
const blocksIn = (name: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `${name}.${from + i}`);

function settingOf(spec: FluxSpec, options: FluxOptions, vector: Tensor): Setting {
  const rotation = rotations(vector.graph, spec, { text: options.tokens, ...patchGrid(options) });
  return { spec, batch: options.batch, vector, rotation };
}

function perceptron(s: Scope, x: Tensor, width: number): Tensor {
  return linear(s.at('out_layer'), silu(linear(s.at('in_layer'), x, width)), width);
}

const patchGrid = ({ height, width }: FluxOptions) => ({
  rows: Math.ceil(height / PATCH),
  columns: Math.ceil(width / PATCH),
});

/** Pads odd sides circularly, with their first row or column. */
function wrapToPatches(x: Tensor): Tensor {
  for (const axis of [2, 3]) if (x.dim(axis) % PATCH !== 0) x = concat([x, slice(x, axis, 0, 1)], axis);
  return x;
}

/** [B,C,2h,2w] → [B·h·w, C·2·2]. */
function toPatches(x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const cells = reshape(x, [batch, channels, height / PATCH, PATCH, width / PATCH, PATCH]);
  const patches = (batch * height * width) / PATCH ** 2;
  return reshape(transpose(cells, [0, 2, 4, 1, 3, 5]), [patches, channels * PATCH ** 2]);
}

/** The inverse of toPatches; `shape` is the latent's. */
function fromPatches(x: Tensor, shape: readonly number[]): Tensor {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const cells = reshape(x, [batch, height / PATCH, width / PATCH, channels, PATCH, PATCH]);
  return reshape(transpose(cells, [0, 3, 1, 4, 2, 5]), shape);
}
