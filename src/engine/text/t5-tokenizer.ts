import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CheckpointError } from '../errors.ts';
import { isBreak } from './a1111/attention.ts';
import { CharsMap } from './chars-map.ts';
import { segmentsOf, type EncoderReading } from './clip-reading.ts';
import { NO_EMBEDDINGS, type Embeddings } from './embeddings.ts';
import { tokenGroups, type TokenChunks, type TokenGroup, type TokenGroups } from './token-groups.ts';
import { Normalizer, SequenceNormalizer, Tokenizer } from './tokenizers-library.ts';

/** `</s>` */
export const T5_END = 1;
/** `<pad>` */
export const T5_PAD = 0;
/** Minimum length: shorter prompts are padded, longer ones keep their length. */
const T5_LEAST = 256;

/** Maximum bytes of the file; T5's has two million. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * T5's SentencePiece unigram tokenizer (Kudo 2018; Raffel et al. 2020), from the model's `tokenizer.json`.
 */
export class T5Tokenizer {
  readonly #tokenizer: Tokenizer;
  /** One more than the largest id. */
  readonly size: number;

  /**
   * `json` is the parsed `tokenizer.json`; `name` is its name in errors. Throws CheckpointError if it is not
   * T5's.
   */
  constructor(json: object, name = 'tokenizer.json') {
    try {
      this.#tokenizer = new Tokenizer(json, {});
      this.#tokenizer.normalizer = withCharsMap(this.#tokenizer.normalizer);
    } catch (error) {
      throw new CheckpointError(`${name}: expected a tokenizer of the tokenizers library: ${String(error)}`);
    }
    this.size = sizeOf(json);
    for (const [token, id] of [
      ['<pad>', T5_PAD],
      ['</s>', T5_END],
    ] as const) {
      const found = this.#tokenizer.token_to_id(token);
      if (found !== id) {
        throw new CheckpointError(
          `${name}: expected id ${id} for ${token}, found ${found ?? 'no such token'}`,
        );
      }
    }
  }

  /** Reads a `tokenizer.json`. Throws CheckpointError if it is missing, not JSON, or not T5's. */
  static async open(path: string): Promise<T5Tokenizer> {
    const name = basename(path);
    let json: unknown;
    try {
      json = JSON.parse(await readText(path));
    } catch (cause) {
      if (cause instanceof CheckpointError) throw cause;
      // Clients read this message, so it contains neither the path nor the contents.
      const { code = 'it is not JSON' } = cause as NodeJS.ErrnoException;
      throw new CheckpointError(`${name}: expected a readable JSON file: ${code}`, { cause });
    }
    if (typeof json !== 'object' || json === null) {
      throw new CheckpointError(
        `${name}: expected a JSON object, found ${json === null ? 'null' : typeof json}`,
      );
    }
    return new T5Tokenizer(json, name);
  }

  /** Tokenizes a prompt into one chunk: its tokens, end, and padding to at least 256. */
  tokenize(prompt: string, embeddings: Embeddings = NO_EMBEDDINGS): TokenChunks {
    const { groups, vectors } = this.#groups(prompt, embeddings);
    return { ...oneChunk(groups), ...(vectors.length > 0 && { vectors }) };
  }

  /**
   * The same in any style. In A1111's, BREAK is ignored and names of embeddings are ordinary text, because
   * A1111 supports them for CLIP only.
   */
  read(text: string, reading: EncoderReading): TokenChunks {
    if (reading.style === 'COMFY') return this.tokenize(text, reading.embeddings);
    const segments = segmentsOf(text, reading).filter((segment) => !isBreak(segment));
    return oneChunk(segments.map(({ text, weight }) => ({ ids: this.#idsOf(text), weight })));
  }

  #groups(prompt: string, embeddings: Embeddings): TokenGroups {
    return tokenGroups(prompt, (text) => this.#idsOf(text), embeddings);
  }

  #idsOf(text: string): number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids;
  }
}

/** Reads a file without its byte order mark. Throws CheckpointError if it is too large. */
async function readText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MOST_BYTES)
    throw new CheckpointError(`${basename(path)}: ${size} bytes, expected at most ${MOST_BYTES}`);
  return new TextDecoder().decode(await readFile(path));
}

function sizeOf(json: Partial<Vocabularies>): number {
  const added = (json.added_tokens ?? []).map(({ id }) => id + 1);
  return Math.max(json.model?.vocab.length ?? 0, ...added);
}

/** The parts of a valid `tokenizer.json` that determine the number of tokens. */
interface Vocabularies {
  readonly model: { readonly vocab: readonly unknown[] };
  readonly added_tokens: readonly { readonly id: number }[];
}

/** All tokens, end, and padding to at least 256. */
function oneChunk(groups: readonly TokenGroup[]): TokenChunks {
  const ids = groups.flatMap((group) => group.ids);
  const weights = groups.flatMap((group) => group.ids.map(() => group.weight));
  const length = Math.max(T5_LEAST, ids.length + 1);
  return {
    ids: [[...ids, T5_END, ...Array<number>(length - ids.length - 1).fill(T5_PAD)]],
    weights: [[...weights, ...Array<number>(length - weights.length).fill(1)]],
  };
}

/** The empty prompt at a given length, relative to which weights are applied: end, pad…. */
export const emptyT5Chunk = (length: number): readonly number[] => [
  T5_END,
  ...Array<number>(length - 1).fill(T5_PAD),
];

/** The library replaces a precompiled character map by NFKC. This restores the map. */
function withCharsMap(normalizer: Normalizer | null): Normalizer | null {
  if (normalizer instanceof SequenceNormalizer)
    normalizer.normalizers = normalizer.normalizers.map(withCharsMap);
  const charsMap = normalizer?.config.precompiled_charsmap;
  return normalizer && charsMap
    ? new CharsMapNormalizer(normalizer.config, new CharsMap(charsMap))
    : normalizer;
}

class CharsMapNormalizer extends Normalizer {
  readonly #map: CharsMap;

  constructor(config: Normalizer['config'], map: CharsMap) {
    super(config);
    this.#map = map;
  }

  override normalize(text: string): string {
    return this.#map.apply(text);
  }
}
