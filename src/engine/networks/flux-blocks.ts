/**
 * The blocks of FLUX.1's transformer. Streams are [B·tokens, C]. Where text and image are joined, the text
 * comes first.
 */
import { attention } from '../graph/attention.ts';
import type { Tensor } from '../graph/graph.ts';
import { linear, linears, rmsNorm } from '../graph/layers.ts';
import {
  add,
  clip,
  concat,
  geluTanh,
  multiply,
  reshape,
  rotate,
  slice,
  standardiseLast,
  type Rotation,
} from '../graph/ops.ts';
import type { Scope } from '../graph/scope.ts';
import type { FluxSpec } from './flux-spec.ts';

const LARGEST_HALF = 65_504;

/** The inputs that all blocks share. */
export interface Setting {
  readonly spec: FluxSpec;
  readonly batch: number;
  /** SiLU of the embedded time and pooled text [B,C], from which the modulations are computed. */
  readonly vector: Tensor;
  readonly rotation: Rotation;
}

/**
 * Joint attention over both streams, then an MLP, with separate weights for each stream. The residuals are
 * gated.
 */
export function doubleBlock(
  s: Scope,
  setting: Setting,
  image: Tensor,
  text: Tensor,
): [image: Tensor, text: Tensor] {
  const { spec, batch, vector } = setting;
  const [imageFirst, imageSecond] = modulations(s.at('img_mod.lin'), vector, 2);
  const [textFirst, textSecond] = modulations(s.at('txt_mod.lin'), vector, 2);
  const [qi, ki, vi] = queriesKeysValues(s.at('img_attn'), modulate(image, imageFirst!), spec);
  const [qt, kt, vt] = queriesKeysValues(s.at('txt_attn'), modulate(text, textFirst!), spec);
  const heard = attend(join(qt, qi, batch), join(kt, ki, batch), join(vt, vi, batch), setting);
  const [toText, toImage] = part(heard, text.dim(0), batch);

  image = add(image, gated(linear(s.at('img_attn.proj'), toImage, spec.width), imageFirst!));
  text = add(text, gated(linear(s.at('txt_attn.proj'), toText, spec.width), textFirst!));
  const mlp = (at: Scope, x: Tensor) =>
    linear(at.at(2), geluTanh(linear(at.at(0), x, spec.inner)), spec.width);
  image = add(image, gated(mlp(s.at('img_mlp'), modulate(image, imageSecond!)), imageSecond!));
  text = add(text, gated(mlp(s.at('txt_mlp'), modulate(text, textSecond!)), textSecond!));
  return [image, withinRange(text)];
}

/** Attention and MLP in parallel, with one linear layer before both and one after both. */
export function singleBlock(s: Scope, setting: Setting, x: Tensor): Tensor {
  const { spec, vector } = setting;
  const { width, inner } = spec;
  const [modulation] = modulations(s.at('modulation.lin'), vector, 1);
  const [q, k, v, h] = linears(s.at('linear1'), modulate(x, modulation!), [width, width, width, inner]);
  const norm = s.at('norm');
  const heard = attend(
    headNorm(norm.at('query_norm'), q!, spec),
    headNorm(norm.at('key_norm'), k!, spec),
    v!,
    setting,
  );
  return withinRange(
    add(x, gated(linear(s.at('linear2'), concat([heard, geluTanh(h!)], 1), width), modulation!)),
  );
}

/** Clamps a stream whose largest channels exceed half precision, which avoids infinities. */
const withinRange = (x: Tensor): Tensor => (x.dtype === 'F16' ? clip(x, -LARGEST_HALF, LARGEST_HALF) : x);

/** Q, K and V, with Q and K normalised per head. */
function queriesKeysValues(s: Scope, x: Tensor, spec: FluxSpec): [Tensor, Tensor, Tensor] {
  const [q, k, v] = linears(s.at('qkv'), x, [spec.width, spec.width, spec.width]);
  const norm = s.at('norm');
  return [headNorm(norm.at('query_norm'), q!, spec), headNorm(norm.at('key_norm'), k!, spec), v!];
}

function headNorm(s: Scope, x: Tensor, { headWidth, width }: FluxSpec): Tensor {
  const byHead = reshape(x, [(x.dim(0) * width) / headWidth, headWidth]);
  return reshape(rmsNorm(s, byHead, 'scale'), x.shape);
}

function attend(q: Tensor, k: Tensor, v: Tensor, { spec, batch, rotation }: Setting): Tensor {
  const turned = (x: Tensor) =>
    reshape(rotate(reshape(x, [batch, x.dim(0) / batch, spec.width]), rotation), x.shape);
  return attention(turned(q), turned(k), v, { batch, heads: spec.width / spec.headWidth });
}

/** Shift and scale of an adaptive normalisation. */
export interface Modulation {
  /** [B,C] each. */
  readonly shift: Tensor;
  readonly scale: Tensor;
}

interface GatedModulation extends Modulation {
  readonly gate: Tensor;
}

/**
 * The parameters of `count` adaptive normalisations (adaLN, Peebles & Xie 2023), computed from the vector.
 */
function modulations(s: Scope, vector: Tensor, count: number): GatedModulation[] {
  const parts = linears(s, vector, new Array<number>(3 * count).fill(vector.dim(1)));
  return Array.from({ length: count }, (_, i) => ({
    shift: parts[3 * i]!,
    scale: parts[3 * i + 1]!,
    gate: parts[3 * i + 2]!,
  }));
}

/** Adaptive layer normalisation of x [B·tokens, C]. */
export function modulate(x: Tensor, { shift, scale }: Modulation): Tensor {
  const h = standardiseLast(byPicture(x, shift), 1e-6);
  return reshape(add(multiply(h, add(perToken(scale), 1)), perToken(shift)), x.shape);
}

const gated = (x: Tensor, { gate }: GatedModulation): Tensor =>
  reshape(multiply(byPicture(x, gate), perToken(gate)), x.shape);

/** A stream as [B,tokens,C], for use with a `vector` [B,C]. */
const byPicture = (x: Tensor, vector: Tensor): Tensor =>
  reshape(x, [vector.dim(0), x.dim(0) / vector.dim(0), x.dim(1)]);

const perToken = (vector: Tensor): Tensor => reshape(vector, [vector.dim(0), 1, vector.dim(1)]);

/** Concatenates two streams picture by picture: the tokens of `first`, then those of `second`. */
export function join(first: Tensor, second: Tensor, batch: number): Tensor {
  const [a, b] = [first, second].map((x) => reshape(x, [batch, x.dim(0) / batch, x.dim(1)])) as [
    Tensor,
    Tensor,
  ];
  return reshape(concat([a, b], 1), [first.dim(0) + second.dim(0), first.dim(1)]);
}

/** The inverse of join. `length` is the number of tokens of the first stream over all pictures. */
export function part(both: Tensor, length: number, batch: number): [Tensor, Tensor] {
  const [total, width] = both.shape as [number, number];
  const whole = reshape(both, [batch, total / batch, width]);
  return [
    reshape(slice(whole, 1, 0, length / batch), [length, width]),
    reshape(slice(whole, 1, length / batch, total / batch), [total - length, width]),
  ];
}
