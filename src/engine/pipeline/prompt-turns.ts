import { add, subtract, type Vec } from '../float32/vec.ts';
import { entryAt } from '../text/a1111/schedule.ts';
import { padTokens } from '../text/conditioning.ts';
import { isWhole, type PlannedPart } from '../text/prompt-plan.ts';
import type { Conditioning, Network } from './guidance.ts';
import type { EncodedPrompt, PromptPair } from './model.ts';
import type { NetworkRequest } from './prompted-network.ts';

/** An encoded part of a prompt. */
export interface EncodedPart {
  readonly weight: number;
  readonly schedule: readonly { readonly end: number; readonly prompt: EncodedPrompt }[];
}

/** The encoded parts of both prompts of a run. */
export type EncodedParts = Readonly<Record<Conditioning, readonly EncodedPart[]>>;

/**
 * Encodes the parts of a prompt. If there are several, they are padded to equal length by repeating their
 * last vectors.
 */
export async function encodeParts(
  parts: readonly PlannedPart[],
  encode: (texts: readonly string[]) => Promise<EncodedPrompt[]>,
): Promise<EncodedPart[]> {
  const encoded: EncodedPart[] = [];
  for (const { weight, schedule } of parts) {
    const prompts = await encode(schedule.map(({ text }) => text));
    encoded.push({ weight, schedule: schedule.map(({ end }, i) => ({ end, prompt: prompts[i]! })) });
  }
  if (parts.length === 1) return encoded;
  const lengths = encoded.flatMap(({ schedule }) => schedule.map(({ prompt }) => prompt.context.tokens));
  const longest = Math.max(...lengths);
  return encoded.map(({ weight, schedule }) => ({
    weight,
    schedule: schedule.map(({ end, prompt }) => ({
      end,
      prompt: { ...prompt, context: padTokens(prompt.context, longest) },
    })),
  }));
}

/**
 * The prompt lengths for which a run needs networks: all pairs of lengths, and the lengths of parts that are
 * evaluated without the negative prompt.
 */
export async function lengthsOf(
  { negative, positive }: Readonly<Record<Conditioning, readonly PlannedPart[]>>,
  tokens: (texts: readonly string[]) => number[] | Promise<number[]>,
): Promise<(Pick<NetworkRequest, 'tokens'> & Partial<Pick<NetworkRequest, 'guided'>>)[]> {
  const lengths = async (parts: readonly PlannedPart[]) => {
    const all = [];
    for (const { schedule } of parts) all.push(await tokens(schedule.map(({ text }) => text)));
    return parts.length === 1 ? [...new Set(all.flat())] : [Math.max(...all.flat())];
  };
  const [negatives, positives] = [await lengths(negative), await lengths(positive)];
  const pairs = negatives.flatMap((length) =>
    positives.map((other) => ({ tokens: { negative: length, positive: other } })),
  );
  const alone = positives.map((length) => ({
    tokens: { negative: length, positive: length },
    guided: false,
  }));
  return positive.length === 1 ? pairs : [...pairs, ...alone];
}

/**
 * The network of a run whose prompts have parts and schedules. Each call uses the texts scheduled for it. The
 * output for the positive prompt is U + Σ wᵢ·(Cᵢ - U), so that guidance applies a share of its scale to each
 * part (Liu et al. 2022, "Compositional Visual Generation"). Each network that the result creates counts its
 * own calls and shares no state with other runs.
 */
export function takingTurns(
  { negative, positive }: EncodedParts,
  networkOf: (prompts: PromptPair) => Network,
): () => Network {
  let last: Promise<unknown> = Promise.resolve(); // the runs of a batch share the loaded networks
  return () => {
    const networkFor = remembered(networkOf);
    let calls = 0;
    return (u, timestep, conditionings, sigma) => {
      const call = calls++;
      const unguided = entryAt(negative[0]!.schedule, call).prompt;
      const parts = positive.map(({ weight, schedule }) => ({
        weight,
        network: networkFor({ negative: unguided, positive: entryAt(schedule, call).prompt }),
      }));
      const evaluate = (): Promise<Vec> =>
        isWhole(positive)
          ? parts[0]!.network(u, timestep, conditionings, sigma)
          : composed(parts, { u, timestep, conditionings, sigma });
      const result = last.then(evaluate);
      last = result.catch(() => undefined);
      return result;
    };
  };
}

/** Caches one network per pair of prompts. */
function remembered(networkOf: (prompts: PromptPair) => Network): (prompts: PromptPair) => Network {
  const known = new Map<EncodedPrompt, Map<EncodedPrompt, Network>>();
  return (prompts) => {
    const others = known.get(prompts.negative) ?? new Map<EncodedPrompt, Network>();
    known.set(prompts.negative, others);
    const network = others.get(prompts.positive) ?? networkOf(prompts);
    others.set(prompts.positive, network);
    return network;
  };
}

interface Evaluation {
  readonly u: Vec;
  readonly timestep: number;
  readonly conditionings: readonly Conditioning[];
  readonly sigma: number;
}

async function composed(
  [first, ...others]: readonly { readonly weight: number; readonly network: Network }[],
  { u, timestep, conditionings, sigma }: Evaluation,
): Promise<Vec> {
  const both = await first!.network(u, timestep, ['negative', 'positive'], sigma);
  const unguided = both.subarray(0, both.length / 2);
  let guided = add(unguided, first!.weight, subtract(both.subarray(both.length / 2), unguided));
  for (const { weight, network } of others) {
    const output = await network(u, timestep, ['positive'], sigma);
    guided = add(guided, weight, subtract(output, unguided));
  }
  const outputs = conditionings.map((name) => (name === 'negative' ? unguided : guided));
  const result = new Float32Array(outputs.length * unguided.length);
  outputs.forEach((output, i) => {
    result.set(output, i * unguided.length);
  });
  return result;
}
