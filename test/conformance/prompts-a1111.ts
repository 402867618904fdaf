import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createModel } from '../../src/engine/pipeline/families.ts';
import { PLAIN_READING, type TextReading } from '../../src/engine/pipeline/text-reading.ts';
import { CPU } from '../../src/engine/runtime/device.ts';
import { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import { parseAttention } from '../../src/engine/text/a1111/attention.ts';
import { chunkSegments } from '../../src/engine/text/a1111/chunks.ts';
import { splitParts } from '../../src/engine/text/a1111/parts.ts';
import { scheduleOf, type ScheduledRun } from '../../src/engine/text/a1111/schedule.ts';
import { CLIP_CHUNK, CLIP_PAD } from '../../src/engine/text/clip-chunks.ts';
import { openGoldenCheckpoint } from './checkpoints.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { joined } from './pipeline.ts';
import { relativeError, Tally, type Section, type SectionOptions } from './section.ts';
import { networkTolerance } from './tolerances.ts';

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
  await checkEncodings(
    record.prompts,
    openGolden(join(folder, 'prompts-a1111/prompts-a1111.safetensors')),
    tally,
    {
      golden: folder,
      ...options,
    },
  );
  for (const { prompt, steps, accepted } of record.ambiguous)
    await tally.check(`ambiguous/${prompt}`, 0, () =>
      accepted.some((schedule) => isDeepStrictEqual(scheduled(prompt, { steps }), schedule)) ? 0 : 1,
    );
  return tally.result;
};

/** What is recorded of every prompt: whole, with and without CLIP skip, and each part as its schedule goes. */
const VARIANTS: Readonly<Record<string, Partial<TextReading>>> = {
  original: {},
  no_norm: { emphasis: 'NO_NORM' },
  ignore: { emphasis: 'IGNORE' },
  none: { emphasis: 'NONE' },
  original_skip2: { clipSkip: 2 },
  no_norm_skip2: { emphasis: 'NO_NORM', clipSkip: 2 },
};

const TOLERANCE = 1e-5;
/** Times the condition of the mean that weighted states are brought back to. */
const MEAN_TOLERANCE = 1e-6;

async function checkEncodings(
  prompts: readonly PromptCase[],
  recorded: GoldenFile,
  tally: Tally,
  { device = CPU, golden }: Pick<SectionOptions, 'device'> & { golden: string },
): Promise<void> {
  const checkpoint = await openGoldenCheckpoint(golden, 'sd15-f16');
  const networks = new ModelCache({ device, memoryLimit: 2 ** 30 });
  const own = networkTolerance(device, TOLERANCE);
  const encode = async (texts: readonly string[], reading: Partial<TextReading>) => {
    const model = createModel(checkpoint, networks, undefined, {
      ...PLAIN_READING,
      style: 'A1111',
      ...reading,
    });
    return (await model.encodeTexts(texts)).map(({ context }) => context);
  };
  const check = async (key: string, texts: readonly string[], reading: Partial<TextReading>) => {
    if (!recorded.has(key) || !tally.takes(key)) return;
    const tolerance =
      (reading.emphasis ?? 'ORIGINAL') === 'ORIGINAL'
        ? Math.max(own, MEAN_TOLERANCE * (await conditionOf(texts, reading)))
        : own;
    await tally.check(key, tolerance, async () =>
      relativeError(joined((await encode(texts, reading)).map(({ data }) => data)), recorded.f32(key)),
    );
  };
  /** The worst of the means of a chunk, with and without weights: what is not recorded for CLIP skip and for parts. */
  const conditionOf = async (texts: readonly string[], reading: Partial<TextReading>) => {
    const conditions = [];
    for (const emphasis of ['NO_NORM', 'IGNORE'] as const) {
      const states = await encode(texts, { ...reading, emphasis });
      for (let from = 0; from < states[0]!.tokens; from += CLIP_CHUNK)
        conditions.push(
          conditionOfMean(
            states.flatMap(({ data, width }) => [
              ...data.subarray(from * width, (from + CLIP_CHUNK) * width),
            ]),
          ),
        );
    }
    return Math.max(...conditions);
  };
  for (const { index, prompt } of prompts) {
    for (const [variant, reading] of Object.entries(VARIANTS))
      await check(`${index}/${variant}`, [prompt], reading);
    for (const [k, { text }] of splitParts(prompt).entries()) {
      const texts = scheduleOf(text, { steps: 20 }).map((entry) => entry.text);
      await check(`${index}/and${k}/schedule_20`, texts, {});
    }
  }
  await networks.clear();
}

/** How much larger the relative error of a sum may be than those of its summands. */
const conditionOfMean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + Math.abs(value), 0) /
  Math.abs(values.reduce((sum, value) => sum + value, 0));

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
