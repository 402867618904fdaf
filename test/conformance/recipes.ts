import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openCheckpoint, type Checkpoint } from '../../src/engine/checkpoint/checkpoint.ts';

/** One step of a recipe: takes tensors of another checkpoint, or those of an overlay file; later steps win. */
interface RecipeStep {
  readonly from?: string;
  readonly overlay?: string;
  /** Regular expressions on the names that are taken, or left out. */
  readonly include?: string;
  readonly exclude?: string;
  /** Regular expressions and what they are replaced by. */
  readonly rename?: readonly (readonly [string, string])[];
  /** New names, after `rename`; tensors without one are dropped. */
  readonly names?: Readonly<Record<string, string>>;
  /** A regular expression: such tensors lose their trailing 1×1. */
  readonly reshape2d?: string;
}

interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** Files that a FLUX checkpoint needs beside it. */
const COMPANIONS = ['ae.safetensors', 'clip_l.safetensors', 't5xxl_fp16.safetensors'];

/** The checkpoints of a folder, those of its base folder, and those that its `recipes.json` makes of them. */
export class RecipeCheckpoints {
  readonly #folder: string;
  readonly #base: string;
  readonly #made = mkdtemp(join(tmpdir(), 'latentql-recipes-'));
  readonly #tensors = new Map<string, Promise<Map<string, StoredTensor>>>();

  constructor(folder: string, base: string) {
    this.#folder = folder;
    this.#base = base;
  }

  /** Opens a checkpoint with what its shapes do not tell. */
  async open(name: string, config: unknown): Promise<Checkpoint> {
    return openCheckpoint(await this.path(name), config);
  }

  /** The file of a checkpoint, written first where only a recipe is there. */
  async path(name: string): Promise<string> {
    const stored = this.#stored(name);
    if (stored !== undefined) return stored;
    const folder = await this.#made;
    const path = join(folder, `${name}.safetensors`);
    await writeFile(path, fileOf(await this.#load(name)));
    for (const companion of COMPANIONS) {
      const beside = join(this.#base, 'checkpoints', companion);
      if (existsSync(beside) && !existsSync(join(folder, companion)))
        await symlink(resolve(beside), join(folder, companion));
    }
    return path;
  }

  async close(): Promise<void> {
    await rm(await this.#made, { recursive: true });
  }

  /** `flux` and the like stand for the first checkpoint whose name begins so. */
  #stored(name: string): string | undefined {
    const aliases = name === 'flux' ? ['flux1-schnell-bf16'] : [name];
    return [this.#folder, this.#base]
      .flatMap((folder) => aliases.map((alias) => join(folder, 'checkpoints', `${alias}.safetensors`)))
      .find((path) => existsSync(path));
  }

  #load(name: string): Promise<Map<string, StoredTensor>> {
    const known = this.#tensors.get(name) ?? this.#make(name);
    this.#tensors.set(name, known);
    return known;
  }

  async #make(name: string): Promise<Map<string, StoredTensor>> {
    const stored = this.#stored(name);
    if (stored !== undefined) return tensorsOf(await readFile(stored));
    const checkpoints = join(this.#folder, 'checkpoints');
    const recipes = JSON.parse(await readFile(join(checkpoints, 'recipes.json'), 'utf8')) as Record<
      string,
      RecipeStep[]
    >;
    const steps = recipes[name];
    if (!steps) throw new Error(`${checkpoints}: there is neither a checkpoint nor a recipe for "${name}"`);
    const made = new Map<string, StoredTensor>();
    for (const step of steps) {
      const source =
        step.overlay === undefined
          ? await this.#load(step.from!)
          : tensorsOf(await readFile(join(checkpoints, step.overlay)));
      for (const [key, tensor] of source) {
        const renamed = renamedBy(step, key);
        if (renamed !== undefined) made.set(renamed, reshapedBy(step, key, tensor));
      }
    }
    return made;
  }
}

function renamedBy({ include, exclude, rename = [], names }: RecipeStep, key: string): string | undefined {
  if (include !== undefined && !new RegExp(include).test(key)) return undefined;
  if (exclude !== undefined && new RegExp(exclude).test(key)) return undefined;
  const renamed = rename.reduce((name, [from, to]) => name.replace(new RegExp(from), to), key);
  return names ? names[renamed] : renamed;
}

function reshapedBy({ reshape2d }: RecipeStep, key: string, tensor: StoredTensor): StoredTensor {
  const isFlat = reshape2d !== undefined && new RegExp(reshape2d).test(key) && tensor.shape.length === 4;
  return isFlat ? { ...tensor, shape: tensor.shape.slice(0, 2) } : tensor;
}

/** The tensors of a safetensors file. */
function tensorsOf(file: Buffer): Map<string, StoredTensor> {
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  delete header['__metadata__'];
  return new Map(
    Object.entries(header).map(
      ([
        key,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => [key, { dtype, shape, bytes: file.subarray(start + from, start + to) }],
    ),
  );
}

/** A safetensors file of tensors. */
function fileOf(tensors: ReadonlyMap<string, StoredTensor>): Buffer {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  let at = 0;
  const header = sorted.map(([key, { dtype, shape, bytes }]) => {
    const from = at;
    at += bytes.length;
    return [key, { dtype, shape, data_offsets: [from, at] }];
  });
  const json = JSON.stringify(Object.fromEntries(header));
  const head = Buffer.from(json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  return Buffer.concat([length, head, ...sorted.map(([, { bytes }]) => bytes)]);
}
