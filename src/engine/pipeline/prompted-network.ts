import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { withBytes, type JoinedSides } from '../graph/device-profile.ts';
import { sizeOf, type NetworkGraph } from '../graph/graph.ts';
import type { DeepFeature } from '../networks/deep-feature.ts';
import { diffusionNetworkOf } from '../networks/diffusion.ts';
import type { BlockRange } from '../networks/flux.ts';
import type { ResidualPlace } from '../networks/residual-place.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import { leastCommonMultiple, sameLength, type TextStates } from '../text/conditioning.ts';
import type { Controls, ReadControls } from './controls.ts';
import { DeepFeatures, usesOf } from './deep-features.ts';
import type { Conditioning, Network } from './guidance.ts';
import type { LatentShape } from './latent-shape.ts';
import { partsThatFit } from './network-parts.ts';
import { seamless } from './seamless.ts';
import type { Quality, Shortcuts } from './shortcuts.ts';

/** A value for each of the two prompts. */
type ForBoth<Value> = Readonly<Record<Conditioning, Value>>;

/** Describes the networks that a run needs. */
export interface NetworkRequest extends LatentShape, Shortcuts {
  readonly tokens: ForBoth<number>;
  /** Whether both prompts will be evaluated. */
  readonly guided: boolean;
  readonly controls?: Controls;
}

/** The network's inputs from a prompt. */
export interface PromptInput {
  readonly context: TextStates;
  /** Vector conditioning, for networks that take it. */
  readonly vector?: Float32Array;
}

/** Additional inputs of some networks. */
export interface MoreInputs extends Shortcuts {
  /** Channels appended to the latent's, the same for every latent. */
  readonly beside?: Float32Array;
  /** Guidance scale of a guidance-distilled network; null if it receives none. */
  readonly guidance?: number | null;
  readonly controls?: ReadControls;
}

/** The diffusion network of a checkpoint, built for any requested shape. */
export interface PromptedNetwork {
  /** The networks that the request will open. */
  sources(request: NetworkRequest): NetworkSource[];
  network(prompts: ForBoth<PromptInput>, shape: LatentShape, more?: MoreInputs): Network;
}

const NOWHERE: ReadonlySet<ResidualPlace> = new Set();

/** Options of a part of the network, other than its shape. */
interface PartOptions {
  readonly residuals?: ReadonlySet<ResidualPlace> | undefined;
  readonly hasGuidance?: boolean;
  readonly deep?: DeepFeature | undefined;
  readonly tokenMerging?: number | undefined;
  readonly quality?: Quality | undefined;
}

/** Options of createNetwork. */
export interface NetworkUse {
  /** Sides at which pictures wrap around. */
  readonly joinedSides?: JoinedSides | undefined;
  /** Networks that alternate with it on the device. It stays resident beside each of them if possible. */
  readonly others?: readonly NetworkSource[];
}

/**
 * Creates the diffusion network. Both prompts are evaluated in one batch if their lengths can be made equal
 * and the network can then stay on the device beside each of `others`; otherwise one after the other.
 */
export function createNetwork(
  checkpoint: Checkpoint,
  networks: ModelCache,
  { joinedSides, others = [] }: NetworkUse = {},
): PromptedNetwork {
  const { graphs, repeatsContext, whole, blockCounts } = diffusionNetworkOf(checkpoint);
  const variant = checkpoint.weights('unet').changeName;
  const partOf =
    (
      batch: number,
      { height, width }: LatentShape,
      tokens: number,
      { residuals = NOWHERE, hasGuidance = true, deep, tokenMerging, quality }: PartOptions = {},
    ) =>
    (i: number | 'whole', blocks?: BlockRange, stays = true): NetworkSource => {
      const graph = i === 'whole' ? whole! : graphs[i]!;
      const source: NetworkSource = {
        checkpoint,
        name: [
          `network ${i} ${batch}x${height}x${width} ${tokens}`,
          ...(blocks ? [`blocks ${blocks.from} to ${blocks.to}`] : []),
          ...(hasGuidance ? [] : ['unguided']),
          ...(residuals.size > 0 ? [[...residuals].join()] : []),
          ...(deep ? [`deep ${deep.depth} ${deep.use}`] : []),
          ...(tokenMerging === undefined ? [] : [`merged ${tokenMerging}`]),
        ].join(' '),
        stays,
        passes: !stays,
        alternates: deep !== undefined || residuals.size > 0, // with its own variants, or with controls
        variant,
        build: (profile) =>
          graph(checkpoint, {
            ...{ batch, height, width, tokens, residuals, hasGuidance, profile },
            ...(blocks && { blocks }),
            ...(deep && { deep }),
            ...(tokenMerging !== undefined && { tokenMerging }),
          }),
      };
      return seamless(quality === 'FAST' ? ofBytes(source) : source, joinedSides);
    };
  type Asked = Parameters<typeof partOf>;
  const undivided = (...asked: Asked) =>
    whole ? [partOf(...asked)('whole')] : graphs.map((_, i) => partOf(...asked)(i));
  const parts = (...asked: Asked): readonly NetworkSource[] => {
    const part = partOf(...asked);
    const each = graphs.map((_, i) => part(i));
    if (!whole || !blockCounts) return each;
    const counts = blockCounts(checkpoint.weights('unet'));
    return partsThatFit(networks, { whole: part('whole'), graphs: each, blockCounts: counts, part }, others);
  };
  const isOneBatch = ({ negative, positive }: ForBoth<number>, shape: LatentShape) =>
    (repeatsContext || negative === positive) &&
    !staysOneByOneAlone(shape, leastCommonMultiple(negative, positive));
  /** Halving the scratch memory may avoid uploading gigabytes of weights for every picture. */
  const staysOneByOneAlone = (shape: LatentShape, tokens: number) =>
    !networks.canStay(undivided(2 * shape.batch, shape, tokens), others) &&
    networks.canStay(undivided(shape.batch, shape, tokens), others);

  return {
    sources({ tokens, guided, controls, deepCache, tokenMerging, quality, ...shape }) {
      const { negative, positive } = tokens;
      const all = (batch: number, length: number) => [
        ...(controls?.sources(shape, batch, length) ?? []),
        ...usesOf(deepCache).flatMap((deep) =>
          parts(batch, shape, length, { residuals: controls?.places, deep, tokenMerging, quality }),
        ),
      ];
      if (!guided) return all(shape.batch, positive);
      if (isOneBatch(tokens, shape)) return all(2 * shape.batch, leastCommonMultiple(negative, positive));
      return [...new Set([negative, positive])].flatMap((length) => all(shape.batch, length));
    },

    network(prompts, shape, { beside, guidance, controls, ...shortcuts } = {}) {
      const { deepCache, tokenMerging, quality } = shortcuts;
      const features = deepCache && new DeepFeatures(deepCache);
      /** Evaluates the network for prompts of equal length. */
      const evaluate = async (
        u: Float32Array,
        { timestep, sigma }: Readonly<Record<'timestep' | 'sigma', number>>,
        names: readonly Conditioning[],
        given: ForBoth<PromptInput>,
      ) => {
        const inputs = names.map((name) => given[name]);
        const batch = inputs.length * shape.batch;
        const { tokens } = inputs[0]!.context;
        const vectors = inputs.flatMap(({ vector }) => vector ?? []);
        const step = {
          x: repeated([u], inputs.length),
          timestep: new Float32Array(batch).fill(timestep),
          context: repeated(
            inputs.map(({ context }) => context.data),
            shape.batch,
          ),
          ...(vectors.length > 0 && { y: repeated(vectors, shape.batch) }),
        };
        let values: Record<string, Float32Array> = {
          ...step,
          ...(beside && { x: withChannels(step.x, beside, batch) }),
          ...(guidance != null && { guidance: new Float32Array(batch).fill(guidance) }),
          ...(controls && (await controls.residuals(sigma, { ...step, batch, tokens }))),
          ...features?.given(names),
        };
        const options = {
          residuals: controls?.places,
          hasGuidance: guidance !== null,
          deep: features?.use,
          ...{ tokenMerging, quality },
        };
        for (const part of parts(batch, shape, tokens, options)) {
          const session = await networks.open(part);
          const given = controls ? withZeros(values, session.graph, controls.places) : values;
          values = { ...values, ...(await session.run(given)) };
        }
        features?.keep(names, values);
        return values['out']!;
      };

      const pair = pairUp(prompts, (tokens) => isOneBatch(tokens, shape));
      const evaluateAll: Network = async (u, timestep, conditionings, sigma) => {
        features?.begin(conditionings);
        const isJoined = pair && conditionings.length > 1;
        const outputs = [];
        for (const names of isJoined ? [conditionings] : conditionings.map((name) => [name]))
          outputs.push(await evaluate(u, { timestep, sigma }, names, isJoined ? pair : prompts));
        return repeated(outputs, 1);
      };
      return oneAtATime(evaluateAll);
    },
  };
}

/** The network with 8-bit products and convolutions. */
const ofBytes = (source: NetworkSource): NetworkSource => ({
  ...source,
  variant: `${source.variant ?? ''} bytes`,
  build: (profile) => source.build(withBytes(profile)),
});

/** Serialises calls. Otherwise the runs of a batch would evict each other's parts of the network. */
function oneAtATime(network: Network): Network {
  let last: Promise<unknown> = Promise.resolve();
  return (...args) => {
    const result = last.then(() => network(...args));
    last = result.catch(() => undefined);
    return result;
  };
}

/** Both prompts repeated to equal length, if allowed. */
function pairUp(
  { negative, positive }: ForBoth<PromptInput>,
  mayBe: (tokens: ForBoth<number>) => boolean,
): ForBoth<PromptInput> | undefined {
  const [left, right] = [negative.context, positive.context];
  if (!mayBe({ negative: left.tokens, positive: right.tokens })) return undefined;
  const [longLeft, longRight] = sameLength(left, right);
  return { negative: { ...negative, context: longLeft }, positive: { ...positive, context: longRight } };
}

/**
 * Adds zeros for places without a residual in this step. Otherwise another network would have to be loaded.
 */
function withZeros(
  values: Record<string, Float32Array>,
  { inputs }: NetworkGraph,
  places: ReadonlySet<string>,
): Record<string, Float32Array> {
  const missing = inputs.filter(({ name }) => places.has(name) && !values[name]);
  return {
    ...values,
    ...Object.fromEntries(missing.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))])),
  };
}

/** The latents of a batch, each followed by the additional channels. */
function withChannels(u: Float32Array, beside: Float32Array, batch: number): Float32Array {
  const latents = Array.from({ length: batch }, (_, i) =>
    u.subarray((i * u.length) / batch, ((i + 1) * u.length) / batch),
  );
  return repeated(
    latents.flatMap((latent) => [latent, beside]),
    1,
  );
}

/** Repeats each vector `times` times. */
function repeated(vectors: readonly Float32Array[], times: number): Float32Array {
  const out = new Float32Array(vectors.reduce((length, { length: more }) => length + more * times, 0));
  let at = 0;
  for (const vector of vectors) {
    for (let i = 0; i < times; i++, at += vector.length) out.set(vector, at);
  }
  return out;
}
