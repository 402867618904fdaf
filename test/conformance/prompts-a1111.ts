import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseAttention } from '../../src/engine/text/a1111/attention.ts';
import { chunkSegments } from '../../src/engine/text/a1111/chunks.ts';
import { splitParts } from '../../src/engine/text/a1111/parts.ts';
import { scheduleOf, type ScheduledRun } from '../../src/engine/text/a1111/schedule.ts';
import { CLIP_PAD } from '../../src/engine/text/clip-chunks.ts';
import { Tally, type Section } from './section.ts';

/** A text that lasts until a step ends. */
type Entry = readonly [end: number, text: string];
type Weighted = readonly [text: string, weight: number];
interface Failure {
  readonly error: string;
}

interface RecordedChunks {
  readonly token_count: number;
  readonly ids: readonly (readonly number[])[];
  readonly multipliers: readonly (readonly number[] | 'all 1.0')[];
}

interface TextCase {
  readonly attention: readonly Weighted[] | Failure;
  readonly clip: RecordedChunks | Failure;
}

/** One entry of `prompts`. */
interface PromptCase extends TextCase {
  readonly index: number;
  readonly prompt: string;
  /** By the number of steps. */
  readonly schedules: Readonly<Record<string, readonly Entry[]>>;
  readonly schedule_hires_20_10: readonly Entry[];
  readonly and: readonly Weighted[];
  readonly and_schedules_20?: readonly (readonly Entry[])[];
  readonly scheduled_texts?: readonly ({ readonly text: string } & TextCase)[];
  readonly mean_condition?: readonly number[];
}

interface PromptsRecord {
  readonly prompts: readonly PromptCase[];
  readonly ambiguous: readonly {
    readonly prompt: string;
    readonly steps: number;
    readonly accepted: readonly (readonly Entry[])[];
  }[];
}

/** How A1111 reads every prompt of `prompts-a1111/`: weights, schedules, parts and chunks, all exact; then the encodings. */
export const promptsA1111: Section = async (folder, options) => {
  const file = await readFile(join(folder, 'prompts-a1111', 'prompts-a1111.json'), 'utf8');
  const record = JSON.parse(file) as PromptsRecord;
  const tally = new Tally(options);
  const same = (id: string, found: () => unknown, expected: unknown) =>
    tally.check(id, 0, () => (isDeepStrictEqual(found(), expected) ? 0 : 1));
  const checkText = async (id: string, prompt: string, { attention, clip }: TextCase) => {
    await same(`${id}/attention`, () => weighted(prompt), attention);
    await same(`${id}/clip`, () => chunked(prompt), clip);
  };

  for (const { index, prompt, ...entry } of record.prompts) {
    await checkText(`${index}`, prompt, entry);
    for (const [steps, expected] of Object.entries(entry.schedules))
      await same(`${index}/schedule/${steps}`, () => scheduled(prompt, { steps: Number(steps) }), expected);
    const second = { steps: 10, stepsBefore: 20 };
    await same(`${index}/schedule/hires`, () => scheduled(prompt, second), entry.schedule_hires_20_10);
    const parts = () => splitParts(prompt);
    await same(`${index}/and`, () => parts().map(({ text, weight }) => [text, weight]), entry.and);
    if (entry.and_schedules_20) {
      const schedules = () => parts().map(({ text }) => scheduled(text, { steps: 20 }));
      await same(`${index}/and/schedules`, schedules, entry.and_schedules_20);
    }
    for (const [i, { text, ...scheduledText }] of (entry.scheduled_texts ?? []).entries())
      await checkText(`${index}/text${i}`, text, scheduledText);
  }
  for (const { prompt, steps, accepted } of record.ambiguous)
    await tally.check(`ambiguous/${prompt}`, 0, () =>
      accepted.some((schedule) => isDeepStrictEqual(scheduled(prompt, { steps }), schedule)) ? 0 : 1,
    );
  return tally.result;
};

const scheduled = (text: string, run: ScheduledRun): Entry[] =>
  scheduleOf(text, run).map((entry) => [entry.end, entry.text]);

/** What A1111 cannot read as a number, it refuses. */
const REFUSED: Failure = { error: 'ValueError' };
const isRefused = (prompt: string): boolean =>
  parseAttention(prompt).some(({ weight }) => Number.isNaN(weight));

const weighted = (prompt: string): Weighted[] | Failure =>
  isRefused(prompt) ? REFUSED : parseAttention(prompt).map(({ text, weight }) => [text, weight]);

function chunked(prompt: string): RecordedChunks | Failure {
  if (isRefused(prompt)) return REFUSED;
  const { count, ids, weights } = chunkSegments(parseAttention(prompt), { pad: CLIP_PAD.l });
  const multipliers = weights.map((chunk) => (chunk.every((weight) => weight === 1) ? 'all 1.0' : chunk));
  return { token_count: count, ids, multipliers };
}
