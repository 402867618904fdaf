import { describe, expect, it } from 'vitest';
import type { Conditioning, Network } from '../../../src/engine/pipeline/guidance.ts';
import type { EncodedPrompt, PromptPair } from '../../../src/engine/pipeline/model.ts';
import { promptRun } from '../../../src/engine/pipeline/prompt-run.ts';
import { encodeParts, lengthsOf, takingTurns } from '../../../src/engine/pipeline/prompt-turns.ts';
import { planPrompt } from '../../../src/engine/text/prompt-plan.ts';

/** A prompt whose only state is the number in its text. */
const encode = (texts: readonly string[]): Promise<EncodedPrompt[]> =>
  Promise.resolve(
    texts.map((text) => ({ context: { tokens: 1, width: 1, data: Float32Array.of(Number(text)) } })),
  );

const plan = (prompt: string, isNegative: boolean, steps = 4) =>
  planPrompt(prompt, { style: 'A1111', isNegative, run: { steps } });

/** Gives the number of the prompt, and notes what it is asked for. */
async function networkOf(positive: string, negative: string) {
  const asked: string[] = [];
  const parts = {
    positive: await encodeParts(plan(positive, false), encode),
    negative: await encodeParts(plan(negative, true), encode),
  };
  const create = takingTurns(parts, (pair: PromptPair): Network => (u, _timestep, conditionings) => {
    const numbers = conditionings.map((name) => pair[name].context.data[0]!);
    asked.push(numbers.join());
    return Promise.resolve(
      Float32Array.from(numbers.flatMap((number) => Array<number>(u.length).fill(number))),
    );
  });
  return { create, asked };
}

const BOTH: readonly Conditioning[] = ['negative', 'positive'];
const call = async (network: Network, conditionings = BOTH) => [
  ...(await network(Float32Array.of(0), 1, conditionings, 1)),
];

describe('a network whose prompts take turns', () => {
  it('takes the texts of its schedules, calls counted from 0', async () => {
    const { create } = await networkOf('[1:2:0.5]', '[7:8:3]');
    const network = create();
    const calls = [];
    for (let i = 0; i < 5; i++) calls.push(await call(network));
    expect(calls).toEqual([
      [7, 1],
      [7, 1],
      [7, 1],
      [7, 2],
      [8, 2],
    ]);
  });

  it('counts the calls of each run of a batch for itself', async () => {
    const { create } = await networkOf('[1:2:1]', '7');
    const [one, other] = [create(), create()];
    await call(one);
    await call(one);
    expect(await call(one)).toEqual([7, 2]);
    expect(await call(other)).toEqual([7, 1]);
  });

  it('adds the parts of a prompt, each with its weight, to what is unguided', async () => {
    const { create, asked } = await networkOf('10 AND 20 :0.5 AND 4:-1', '2');
    expect(await call(create())).toEqual([2, 2 + 8 + 0.5 * 18 - 2]);
    expect(asked).toEqual(['2,10', '20', '4']);
    expect(await call(create(), ['positive'])).toEqual([2 + 8 + 0.5 * 18 - 2]);
  });

  it('takes the weight of a single part, too', async () => {
    const { create } = await networkOf('10 :0.5', '2');
    expect(await call(create())).toEqual([2, 6]);
  });
});

it('parts of different length are filled with their last vector', async () => {
  const encodeLong = (texts: readonly string[]): Promise<EncodedPrompt[]> =>
    Promise.resolve(
      texts.map((text) => ({
        context: { tokens: text.length, width: 1, data: Float32Array.from(text, (_, i) => i) },
      })),
    );
  const parts = await encodeParts(plan('ab ANDabcd', false).concat(plan('xyz', true)), encodeLong);
  expect(parts.map(({ schedule }) => [...schedule[0]!.prompt.context.data])).toEqual([
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [0, 1, 2, 2, 2, 2, 2, 2, 2, 2],
  ]);
});

it('a run asks for a network of each pair of lengths, and of parts alone', async () => {
  const tokens = (texts: readonly string[]) => texts.map(({ length }) => length);
  const prompts = { positive: plan('[a:bb:2]', false), negative: plan('c', true) };
  expect(await lengthsOf(prompts, tokens)).toEqual([
    { tokens: { negative: 1, positive: 1 } },
    { tokens: { negative: 1, positive: 2 } },
  ]);
  const several = { ...prompts, positive: plan('a AND bb', false) };
  expect(await lengthsOf(several, tokens)).toEqual([
    { tokens: { negative: 1, positive: 3 } },
    { tokens: { negative: 3, positive: 3 }, guided: false },
  ]);
});

it('schedules count the evaluations of a sampler that makes two in a step', () => {
  expect(promptRun('euler', 20)).toEqual({ steps: 20 });
  expect(promptRun('heun', 20)).toEqual({ steps: 40 });
  expect(promptRun('dpm_fast', 20)).toEqual({ steps: 20 });
});
