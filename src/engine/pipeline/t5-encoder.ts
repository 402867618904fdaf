import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { t5EncoderGraph, t5Width } from '../networks/t5-encoder.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import { emphasise } from '../text/a1111/emphasis.ts';
import type { EncoderReading } from '../text/clip-reading.ts';
import type { TextStates } from '../text/conditioning.ts';
import { emptyT5Chunk, T5_PAD, T5Tokenizer } from '../text/t5-tokenizer.ts';
import type { TokenChunks } from '../text/token-groups.ts';
import { tokenInputs } from '../text/token-inputs.ts';
import { applyWeights, isWeighted } from '../text/weighting.ts';
import { PLAIN_READING, readingFor, type TextReading } from './text-reading.ts';

/** Tokenizes a text for T5: one chunk, with a weight per token. */
export type TokenizeT5 = (text: string, reading: EncoderReading) => Promise<TokenChunks>;

/** T5 with prompt weighting. `texts` are the alternating texts of a prompt. */
export interface T5Encoder {
  /** The network for texts with this number of tokens. */
  source(tokens: number): NetworkSource;
  /** Length of each text in tokens, padding included: at least 256. */
  tokens(texts: readonly string[]): Promise<number[]>;
  encode(texts: readonly string[]): Promise<TextStates[]>;
}

/**
 * Creates a T5 encoder for texts of any length. Without `tokenize`, the `tokenizer.json` beside the
 * checkpoint is opened when it is first needed.
 */
export function createT5Encoder(
  checkpoint: Checkpoint,
  networks: ModelCache,
  tokenize: TokenizeT5 = tokenizerOf(checkpoint),
  reading: TextReading = PLAIN_READING,
): T5Encoder {
  const { clipSkip } = reading;
  const width = t5Width(checkpoint);
  const own = readingFor(reading, 't5xxl', width);
  const source = (tokens: number): NetworkSource => ({
    checkpoint,
    name: clipSkip === undefined ? `t5 ${tokens}` : `t5 ${tokens} skip ${clipSkip}`,
    variant: checkpoint.weights('t5').changeName,
    build: (profile) =>
      t5EncoderGraph(checkpoint, { tokens, profile, takesVectors: true, ...(clipSkip && { clipSkip }) }),
  });
  const run = async (ids: readonly number[], vectors: readonly Float32Array[] = []) => {
    const session = await networks.open(source(ids.length));
    return (await session.run(tokenInputs(ids, vectors, { width, pad: T5_PAD })))['hidden']!;
  };
  const weigh = async (
    states: readonly Float32Array[],
    chunks: readonly TokenChunks[],
    times: readonly number[],
  ) => {
    if (own.style === 'A1111') {
      const weighted = states.map((text, i) => ({
        states: text,
        weights: chunks[i]!.weights[0]!,
        times: times[i]!,
      }));
      return emphasise(weighted, own.emphasis);
    }
    const all = [];
    for (const [i, { ids, weights }] of chunks.entries()) {
      if (!isWeighted(weights)) all.push(states[i]!);
      else all.push(applyWeights(states[i]!, await run(emptyT5Chunk(ids[0]!.length)), weights, width));
    }
    return all;
  };
  return {
    source,
    tokens: (texts) => Promise.all(texts.map(async (text) => (await tokenize(text, own)).ids[0]!.length)),
    async encode(texts) {
      const different = [...new Set(texts)];
      const chunks = await Promise.all(different.map((text) => tokenize(text, own)));
      const states = [];
      for (const { ids, vectors } of chunks) states.push(await run(ids[0]!, vectors));
      const times = different.map((text) => texts.filter((other) => other === text).length);
      const weighted = await weigh(states, chunks, times);
      return texts.map((text) => {
        const i = different.indexOf(text);
        return { tokens: chunks[i]!.ids[0]!.length, width, data: weighted[i]! };
      });
    },
  };
}

function tokenizerOf(checkpoint: Checkpoint): TokenizeT5 {
  let tokenizer: Promise<T5Tokenizer> | undefined;
  return async (text, reading) => {
    tokenizer ??= T5Tokenizer.open(checkpoint.extraFile('tokenizer.json'));
    return (await tokenizer).read(text, reading);
  };
}
