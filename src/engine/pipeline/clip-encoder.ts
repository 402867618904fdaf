import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ClipName } from '../families/family.ts';
import { clipTextGraph } from '../networks/clip-text.ts';
import { CLIP_CHUNK, CLIP_PAD, emptyClipChunk, tokenizeClip } from '../text/clip-chunks.ts';
import type { TextStates } from '../text/conditioning.ts';
import { applyWeights, isWeighted } from '../text/weighting.ts';
import type { ModelCache, NetworkSource } from '../runtime/model-cache.ts';

/** A prompt's states, and its pooled vector where the network has one (that of the first chunk). */
export interface ClipStates {
  readonly states: TextStates;
  readonly pooled: Float32Array | undefined;
}

/** One of CLIP's text encoders with its prompt weighting. */
export interface ClipEncoder {
  readonly source: NetworkSource;
  /** Tokens that the prompt takes: a multiple of 77. */
  tokens(prompt: string): number;
  encode(prompt: string): Promise<ClipStates>;
  /** The pooled vector alone. */
  pool(prompt: string): Promise<Float32Array>;
}

/** CLIP-L, or an OpenCLIP. Chunks go through the network one by one, so that one session serves every prompt. */
export function createClipEncoder(checkpoint: Checkpoint, networks: ModelCache, part: ClipName): ClipEncoder {
  const pad = part === 'clip_l' ? CLIP_PAD.l : CLIP_PAD.g;
  const source: NetworkSource = {
    checkpoint,
    name: part,
    variant: checkpoint.weights(part).changeName,
    build: (profile) => clipTextGraph(checkpoint, { batch: 1, part, profile }),
  };
  const tokenize = (prompt: string) => tokenizeClip(prompt, { pad });

  return {
    source,
    tokens: (prompt) => tokenize(prompt).ids.length * CLIP_CHUNK,
    async encode(prompt) {
      const session = await networks.open(source);
      const { ids, weights } = tokenize(prompt);
      const chunks = [];
      for (const chunk of ids) chunks.push(await session.run({ ids: chunk }));
      const width = chunks[0]!['hidden']!.length / CLIP_CHUNK;
      const data = new Float32Array(ids.length * CLIP_CHUNK * width);
      chunks.forEach(({ hidden }, i) => {
        data.set(hidden!, i * hidden!.length);
      });
      const states = isWeighted(weights)
        ? applyWeights(data, (await session.run({ ids: emptyClipChunk({ pad }) }))['hidden']!, weights, width)
        : data;
      return {
        states: { tokens: ids.length * CLIP_CHUNK, width, data: states },
        pooled: chunks[0]!['pooled'],
      };
    },
    async pool(prompt) {
      const session = await networks.open(source);
      const { pooled } = await session.run({ ids: tokenize(prompt).ids[0]! });
      return pooled!;
    },
  };
}
