import { basename, extname } from 'node:path';
import { readNumbers } from '../checkpoint/numbers.ts';
import { isTensor, type PickleValue, type TorchTensor } from '../checkpoint/pickle.ts';
import { checkIsFloat } from '../checkpoint/quantisation.ts';
import { withRegularFile } from '../checkpoint/regular-file.ts';
import { readSafetensors } from '../checkpoint/safetensors.ts';
import { CheckpointError } from '../errors.ts';
import { KIND_TITLES, kindOf } from './kind.ts';
import { readTorchFile } from './torch-file.ts';

/** Extensions of files written by torch.save. */
const TORCH_EXTENSIONS = ['.pt', '.bin'];

/** Maximum number of vectors of an embedding: three chunks of CLIP. */
export const MAX_EMBEDDING_VECTORS = 225;

/** Maximum width of a vector: twice that of T5. */
const MAX_WIDTH = 8192;

/** Maximum number of tables: one per text encoder and embedding. A LoRA may bundle several embeddings. */
const MAX_TABLES = 32;

/** Keys of the vectors in files for several text encoders. */
export const EMBEDDING_KEYS = ['clip_l', 'clip_g', 'clip_h', 't5xxl'] as const;
/** One of EMBEDDING_KEYS. */
export type EmbeddingKey = (typeof EMBEDDING_KEYS)[number];

/** Other names of these keys: those of Diffusers' training scripts. */
const OTHER_NAMES: ReadonlyMap<string, EmbeddingKey> = new Map([
  ['text_encoders_0', 'clip_l'],
  ['text_encoders_1', 'clip_g'],
]);

/** Vectors of one width and their key in the file. */
interface Table {
  readonly key: string;
  readonly width: number;
  readonly vectors: readonly Float32Array[];
}

/** The contents of a textual inversion file (Gal et al. 2022). */
export interface EmbeddingFile {
  /** In the file's order. */
  readonly tables: readonly Table[];
  /** Whether the tables are unnamed: then each encoder uses those of its width. */
  readonly isList: boolean;
}

/** Keys of embeddings that are bundled with a LoRA. */
const BUNDLED = /^bundle_emb\..*\.string_to_param\.\*$/;

/** The vectors that a text encoder uses, chosen as in ComfyUI. Their width may differ from the encoder's. */
export function vectorsFor(
  { tables, isList }: EmbeddingFile,
  key: EmbeddingKey,
  width: number,
): Float32Array[] {
  const named = tables.filter((table) => table.key === key);
  const bundled = tables.filter((table) => BUNDLED.test(table.key));
  const chosen = isList
    ? tables.filter((table) => table.width === width)
    : ([named, bundled].find(({ length }) => length > 0) ?? tables.slice(0, 1));
  return chosen.flatMap(({ vectors }) => vectors);
}

/**
 * Reads a textual inversion. Throws CheckpointError if the file does not hold one; file system errors pass
 * through.
 */
export async function readEmbedding(path: string): Promise<EmbeddingFile> {
  const isTorch = TORCH_EXTENSIONS.includes(extname(path).toLowerCase());
  const file = isTorch ? await readTorchEmbedding(path) : await readSafetensorsEmbedding(path);
  const fail = (problem: string) => new CheckpointError(`${basename(path)}: ${problem}`);
  if (file.tables.length === 0) throw fail('expected a textual inversion, found no table of vectors');
  const isWhole = ({ vectors }: Table) => vectors.every((vector) => vector.every(Number.isFinite));
  if (!file.tables.every(isWhole))
    throw fail('it contains numbers that are not finite: the file is damaged, download it again');
  return file;
}

/** Reads the tensors whose keys mark them as embeddings, and the first one. torch's reader sorts the keys. */
async function readSafetensorsEmbedding(path: string): Promise<EmbeddingFile> {
  const file = await readSafetensors(path);
  const { name } = file;
  const tensors = new Map([...file.tensors].map(([key, window]) => [OTHER_NAMES.get(key) ?? key, window]));
  const keys = [...tensors.keys()].sort();
  const isOwn = (key: string) => (EMBEDDING_KEYS as readonly string[]).includes(key) || BUNDLED.test(key);
  const kind = kindOf({ tensors });
  if (kind !== 'embedding' && keys.length > 1 && !keys.some(isOwn)) {
    const found = kind === undefined ? `${keys.length} tensors, such as "${keys[0]!}"` : KIND_TITLES[kind];
    throw new CheckpointError(`${name}: expected a textual inversion, found ${found}`);
  }
  const windows = keys
    .filter((key, i) => i === 0 || isOwn(key))
    .map((key) => [key, tensors.get(key)!] as const)
    .filter(([, { shape }]) => isTable(shape));
  mustBeUsual(
    windows.map(([, { shape }]) => shape),
    name,
  );
  const tables: Table[] = [];
  await withRegularFile(path, async (handle) => {
    for (const [key, window] of windows) {
      checkIsFloat(window, name);
      tables.push(tableOf(key, await readNumbers(handle, window, name), window.shape));
    }
  });
  return { tables, isList: false };
}

/** Reads A1111's `string_to_param`, a list of dictionaries of tensors, or one such dictionary. */
async function readTorchEmbedding(path: string): Promise<EmbeddingFile> {
  const { content, values } = await readTorchFile(path);
  const tensorsIn = (value: PickleValue | undefined): [key: string, tensor: TorchTensor][] =>
    value instanceof Map
      ? [...value].flatMap(([key, item]) =>
          isTensor(item) && isTable(item.tensor.shape)
            ? [[typeof key === 'string' ? key : '', item.tensor] as [string, TorchTensor]]
            : [],
        )
      : [];
  const read = (tensors: [key: string, tensor: TorchTensor][]): Table[] => {
    mustBeUsual(
      tensors.map(([, { shape }]) => shape),
      basename(path),
    );
    return tensors.map(([key, one]) => tableOf(key, values(one), one.shape));
  };
  if (Array.isArray(content)) return { tables: read(content.flatMap(tensorsIn)), isList: true };
  const params = content instanceof Map ? content.get('string_to_param') : undefined;
  const found = params === undefined ? tensorsIn(content) : tensorsIn(params).slice(0, 1);
  return { tables: read(found), isList: false };
}

const isTable = ({ length }: readonly number[]): boolean => length === 1 || length === 2;

/** Throws CheckpointError for tables that are empty or larger than any embedding's, before any of them is read. */
function mustBeUsual(shapes: readonly (readonly number[])[], name: string): void {
  const fail = (problem: string) => new CheckpointError(`${name}: ${problem}`);
  if (shapes.length > MAX_TABLES)
    throw fail(`it has ${shapes.length} tables of vectors, expected at most ${MAX_TABLES}`);
  for (const shape of shapes) {
    const count = shape.length === 1 ? 1 : shape[0]!;
    const width = shape.at(-1)!;
    if (count === 0 || width === 0)
      throw fail(`it has a table of ${count} vectors of ${width} numbers, expected at least one`);
    if (count > MAX_EMBEDDING_VECTORS)
      throw fail(`it has ${count} vectors, expected at most ${MAX_EMBEDDING_VECTORS}`);
    if (width > MAX_WIDTH) throw fail(`its vectors have ${width} numbers, expected at most ${MAX_WIDTH}`);
  }
}

/** The rows of a tensor; a one-dimensional tensor is a single row. */
function tableOf(key: string, numbers: Float64Array, shape: readonly number[]): Table {
  const width = shape.at(-1)!;
  const count = shape.length === 1 ? 1 : shape[0]!;
  const vectors = Array.from({ length: count }, (_, i) =>
    Float32Array.from(numbers.subarray(i * width, (i + 1) * width)),
  );
  return { key, width, vectors };
}
