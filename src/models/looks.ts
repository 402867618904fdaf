import { access } from 'node:fs/promises';
import { join } from 'node:path';
import {
  adapterKindOf,
  filesOf,
  inspectModel,
  stateOf,
  type AdapterKind,
  type CheckpointSummary,
  type Stamps,
  type Trees,
} from '../engine/index.ts';

/** File states of one moment, shared by inspections of files with common neighbours. */
export interface Moment {
  readonly stamps: Stamps;
  readonly trees: Trees;
}

export const newMoment = (): Moment => ({ stamps: new Map(), trees: new Map() });

interface Known<Found> {
  readonly state: string;
  readonly found: Promise<Found>;
}

/** A cache of inspected files. A file is inspected again when it, or a file that its inspection may read, has changed. */
export class Looks {
  readonly #summaries = new Map<string, Known<CheckpointSummary | undefined>>();
  readonly #kinds = new Map<string, Known<AdapterKind | undefined>>();

  /** The current summary of a checkpoint; undefined if it is missing. */
  async at(path: string, { stamps, trees }: Moment = newMoment()): Promise<CheckpointSummary | undefined> {
    if (!(await exists(path))) return undefined;
    const state = await stateOf(await filesOf(path, trees), stamps); // before they are read, so that a later change is noticed
    return unlessSame(this.#summaries, path, state, () => inspectModel(path));
  }

  /** The current kind of an adapter file; undefined if it is not an adapter. */
  async kindAt(path: string): Promise<AdapterKind | undefined> {
    return unlessSame(this.#kinds, path, await stateOf([path]), () => adapterKindOf(path));
  }

  /** The first file without a problem, of several that may be one model. */
  async firstSound(
    folder: string,
    candidates: ReadonlyMap<string, readonly string[]>,
  ): Promise<ReadonlyMap<string, string>> {
    const sound = new Map<string, string>();
    for (const [name, files] of candidates) {
      if (files.length < 2) continue;
      for (const file of files) {
        if (sound.has(name) || (await this.at(join(folder, file)))?.problem !== null) continue;
        sound.set(name, file);
      }
    }
    return sound;
  }

  /** Forgets all other files. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const known of [this.#summaries, this.#kinds])
      for (const path of known.keys()) if (!paths.has(path)) known.delete(path);
  }
}

function unlessSame<Found>(
  all: Map<string, Known<Found>>,
  path: string,
  state: string,
  look: () => Promise<Found>,
): Promise<Found> {
  const known = all.get(path);
  if (known?.state === state) return known.found;
  const found = look();
  all.set(path, { state, found });
  return found;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    (error: unknown) => !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''),
  );
