import type { RgbImage } from '../../src/engine/pipeline/types.ts';
import type { openArtist } from './artist.ts';
import type { openJudge, Verdict } from './judge.ts';
import { readExample, readSource, resized } from './pictures.ts';
import { edgeCorrelation, SIZE, type Truth } from './truth.ts';

/** 0 changes nothing, so that only the VAE's error remains. */
const STRENGTHS = [0, 0.1, 0.3, 0.6, 1] as const;
/** Maximum mean difference (of 0..255) of a result at strength 0.1 from its source. */
const NEAR = 12;
/** Number of sources that are also drawn with the prompt of their own edit. */
const EDITED = 6;
/** The prompts that demo, studio and playground suggest for the example picture. */
const PROPOSED = ['a green meadow at day, a red house', 'the sea at sunset, a red boat'] as const;

interface Pair {
  readonly source: RgbImage;
  readonly prompt: string;
  readonly seed: number;
}

/** The result of a pair at one strength. */
interface Change {
  readonly picture: RgbImage;
  /** Mean difference from the source, of 0..255. */
  readonly distance: number;
  readonly edgeCorrelation: number;
  /** Whether the judge sees the source's thing on its side. */
  readonly keepsThing: boolean;
}

/**
 * All 32 pairs: every source with the prompt of another picture, some with their own edit's, and the example
 * picture with the suggested prompts.
 */
async function readPairs(truth: Truth): Promise<Pair[]> {
  const { sources, prompts } = truth;
  const read = await Promise.all(sources.map((_, i) => readSource(truth, i)));
  const example = await readExample();
  return [
    ...read.map((source, i) => ({ source, prompt: prompts[i]!.prompt, seed: 3000 + i })),
    ...sources.slice(0, EDITED).map(({ prompt, seed }, i) => ({ source: read[i]!, prompt, seed })),
    ...PROPOSED.map((prompt) => ({ source: example, prompt, seed: 7 })),
  ];
}

/**
 * Measures the response to `denoiseStrength` with the API's default sampler and scheduler: how much of the
 * source remains at each strength, and for how many pairs it decreases with rising strength. A strength of 1
 * ignores the source, so that its distance from the source compared to that of 0.6 is random; it is counted
 * separately.
 */
export async function measureStrength(
  { draw, judge, truth, size, limit }: Tools,
  cfg: number,
): Promise<{ readonly report: object; readonly sheet: readonly RgbImage[] }> {
  const pairs = (await readPairs(truth)).slice(0, limit);
  const changes: Change[][] = [];
  for (const { source, ...pair } of pairs) {
    const seen = await judge(source);
    const row: Change[] = [];
    for (const denoise of STRENGTHS) {
      const settings = { steps: 20, cfg, samplerName: 'euler', scheduler: 'normal' } as const;
      const drawn = await draw({ ...settings, ...pair, source: await resized(source, size), denoise });
      const picture = await resized(drawn.picture, SIZE);
      row.push(compare(source, picture, seen, await judge(picture)));
    }
    changes.push(row);
    console.log(
      JSON.stringify({ cfg, prompt: pair.prompt, distances: row.map((change) => rounded(change.distance)) }),
    );
  }
  return {
    report: {
      pairs: pairs.length,
      near: changes.filter((row) => row[1]!.distance <= NEAR).length,
      rising: changes.filter((row) => row.slice(0, -1).every(isFurther)).length,
      risingToOne: changes.filter((row) => row.every(isFurther)).length,
      ...Object.fromEntries(
        STRENGTHS.map((strength, k) => [`at ${strength}`, summary(changes.map((row) => row[k]!))]),
      ),
    },
    sheet: changes.flatMap((row, i) => [pairs[i]!.source, ...row.map(({ picture }) => picture)]),
  };
}

interface Tools {
  readonly draw: Awaited<ReturnType<typeof openArtist>>;
  readonly judge: Awaited<ReturnType<typeof openJudge>>;
  readonly truth: Truth;
  /** Side of the drawn pictures in pixels. */
  readonly size: number;
  readonly limit: number;
}

function isFurther({ distance }: Change, k: number, row: readonly Change[]): boolean {
  return k === 0 || distance > row[k - 1]!.distance;
}

function compare(source: RgbImage, picture: RgbImage, before: Verdict, after: Verdict): Change {
  const sum = picture.data.reduce((total, value, i) => total + Math.abs(value - source.data[i]!), 0);
  return {
    picture,
    distance: sum / picture.data.length,
    edgeCorrelation: edgeCorrelation(source, picture),
    keepsThing: after.thing === before.thing && after.side === before.side,
  };
}

function summary(changes: readonly Change[]) {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const distances = changes.map(({ distance }) => distance);
  return {
    distance: rounded(mean(distances)),
    furthest: rounded(Math.max(...distances)),
    edgeCorrelation: Number(mean(changes.map((change) => change.edgeCorrelation)).toFixed(2)),
    keepsThing: changes.filter(({ keepsThing }) => keepsThing).length,
  };
}

const rounded = (distance: number): number => Number(distance.toFixed(1));
