import { add, subtract, type Vec } from '../float32/vec.ts';
import { entryAt } from '../text/a1111/schedule.ts';
import { padTokens } from '../text/conditioning.ts';
import { isWhole, type PlannedPart } from '../text/prompt-plan.ts';
import type { Conditioning, Network } from './guidance.ts';
import type { EncodedPrompt, PromptPair } from './model.ts';
import type { NetworkRequest } from './prompted-network.ts';

/** A part of a prompt whose texts are encoded. */
export interface EncodedPart {
  readonly weight: number;
  readonly schedule: readonly { readonly end: number; readonly prompt: EncodedPrompt }[];
}

/** The prompts of a run, as their parts take turns. */
export type EncodedParts = Readonly<Record<Conditioning, readonly EncodedPart[]>>;

/** Encodes the parts of a prompt, and makes them of one length by repeating their last vectors. */
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

/** What the network of a run is asked for: every pair of lengths, and the length of parts that are evaluated alone. */
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
 * The network of a run whose prompts have parts and schedules: each call takes the texts whose turn it is, and the output of the
 * positive prompt is U + Σ wᵢ·(Cᵢ - U), in which guidance makes of its scale a share for each part (Liu et al. 2022, "Compositional
 * Visual Generation"). Every network of the result counts its own calls, and
 * what it evaluates remembers nothing of other runs.
 */
export function takingTurns(
  { negative, positive }: EncodedParts,
  networkOf: (prompts: PromptPair) => Network,
): () => Network {
  let last: Promise<unknown> = Promise.resolve(); // the runs of a batch share what is loaded
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

/** One network for each pair of prompts. */
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
