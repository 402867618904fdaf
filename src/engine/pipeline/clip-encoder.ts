import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ClipName } from '../families/family.ts';
import { clipTextGraph, clipWidth } from '../networks/clip-text.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import type { Session } from '../runtime/session.ts';
import { emphasise } from '../text/a1111/emphasis.ts';
import { CLIP_CHUNK, CLIP_PAD, emptyClipChunk } from '../text/clip-chunks.ts';
import { clipChunksOf } from '../text/clip-reading.ts';
import type { TextStates } from '../text/conditioning.ts';
import type { TokenChunks } from '../text/token-groups.ts';
import { tokenInputs } from '../text/token-inputs.ts';
import { applyWeights, isWeighted } from '../text/weighting.ts';
import { PLAIN_READING, readingFor, type TextReading } from './text-reading.ts';

/** The hidden states of a text, and the pooled vector of its first chunk if the network has one. */
export interface ClipStates {
  readonly states: TextStates;
  readonly pooled: Float32Array | undefined;
}

/**
 * A CLIP text encoder with prompt weighting. `texts` are the texts of a scheduled prompt, which alternate.
 */
export interface ClipEncoder {
  readonly source: NetworkSource;
  /** Length of each text in tokens, padding included: a multiple of 77. */
  tokens(texts: readonly string[]): number[];
  encode(texts: readonly string[]): Promise<ClipStates[]>;
  /** Only the pooled vectors. */
  pool(texts: readonly string[]): Promise<Float32Array[]>;
}

/**
 * Creates an encoder with CLIP-L or an OpenCLIP. Chunks are run one by one, so that one session serves every
 * prompt.
 */
export function createClipEncoder(
  checkpoint: Checkpoint,
  networks: ModelCache,
  part: ClipName,
  reading: TextReading = PLAIN_READING,
): ClipEncoder {
  const { clipSkip } = reading;
  const pad = part === 'clip_l' ? CLIP_PAD.l : CLIP_PAD.g;
  const width = clipWidth(checkpoint, part);
  // Embedding files for SD2 use the same key as those for SD1.5.
  const own = readingFor(reading, part === 'clip_h' ? 'clip_l' : part, width);
  const source: NetworkSource = {
    checkpoint,
    name: clipSkip === undefined ? part : `${part} skip ${clipSkip}`,
    variant: checkpoint.weights(part).changeName,
    build: (profile) =>
      clipTextGraph(checkpoint, {
        batch: 1,
        part,
        profile,
        takesVectors: true,
        ...(clipSkip && { clipSkip }),
      }),
  };
  const chunksOf = (texts: readonly string[]) => clipChunksOf(texts, own, { pad });
  const run = (session: Session, ids: readonly number[], vectors: readonly Float32Array[] = []) =>
    session.run(tokenInputs(ids, vectors, { width, pad }));

  /** Weighted states of each chunk of each text. `times` is the number of occurrences of each text. */
  const weigh = async (
    hidden: readonly (readonly Float32Array[])[],
    chunks: readonly TokenChunks[],
    times: readonly number[],
    session: Session,
  ): Promise<(readonly Float32Array[])[]> => {
    if (own.style === 'A1111') return weighA1111(hidden, chunks, times);
    if (!chunks.some(({ weights }) => isWeighted(weights))) return [...hidden];
    const empty = (await run(session, emptyClipChunk({ pad })))['hidden']!;
    return hidden.map((states, i) =>
      states.map((chunk, c) => applyWeights(chunk, empty, [chunks[i]!.weights[c]!], width)),
    );
  };

  const weighA1111 = (
    hidden: readonly (readonly Float32Array[])[],
    chunks: readonly TokenChunks[],
    times: readonly number[],
  ): Float32Array[][] => {
    const weighted = hidden[0]!.map((_, c) =>
      emphasise(
        hidden.map((states, i) => ({
          states: states[c]!,
          weights: chunks[i]!.weights[c]!,
          times: times[i]!,
        })),
        own.emphasis,
      ),
    );
    return hidden.map((_, i) => weighted.map((chunk) => chunk[i]!));
  };

  return {
    source,
    tokens: (texts) => chunksOf(texts).map(({ ids }) => ids.length * CLIP_CHUNK),
    async encode(texts) {
      const session = await networks.open(source);
      const different = [...new Set(texts)];
      const chunks = chunksOf(different);
      const outputs: Record<string, Float32Array>[][] = [];
      for (const { ids, vectors } of chunks) {
        const text = [];
        for (const chunk of ids) text.push(await run(session, chunk, vectors));
        outputs.push(text);
      }
      const hidden = outputs.map((text) => text.map((chunk) => chunk['hidden']!));
      const times = different.map((text) => texts.filter((other) => other === text).length);
      const weighted = await weigh(hidden, chunks, times, session);
      const encoded = weighted.map((states, i) => ({
        states: { tokens: states.length * CLIP_CHUNK, width, data: joined(states) },
        pooled: outputs[i]![0]!['pooled'],
      }));
      return texts.map((text) => encoded[different.indexOf(text)]!);
    },
    async pool(texts) {
      const session = await networks.open(source);
      const pooled = [];
      for (const { ids, vectors } of chunksOf(texts))
        pooled.push((await run(session, ids[0]!, vectors))['pooled']!);
      return pooled;
    },
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
