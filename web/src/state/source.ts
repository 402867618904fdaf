import { EXAMPLE } from '../api/addresses.ts';
import { createStore } from './store.ts';

/** The picture that a job starts from. */
export interface Source {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Where the page shows it from. */
  readonly address: string;
  /** A picture that a person gave, or a stored one by its id. */
  readonly content: { readonly file: Blob } | { readonly imageId: string };
  /** The picture before it was cut. */
  readonly whole?: Blob;
}

/** What is wrong with the picture that was given last; the message is the browser's. */
export type SourceFault = 'unreadable' | 'too-large';

/** Bytes of a source that the server takes. */
export const MAX_SOURCE_BYTES = 32 * 2 ** 20;

export const source = createStore<Source | null>(null);
export const sourceFault = createStore<{ readonly fault: SourceFault; readonly bytes: number } | null>(null);

/** Takes a picture that was dropped, pasted, chosen or cut. */
export async function takeFile(file: Blob, name: string, whole?: Blob): Promise<void> {
  if (file.size > MAX_SOURCE_BYTES) {
    sourceFault.set({ fault: 'too-large', bytes: file.size });
    return;
  }
  const shown = await readShown(file, name, whole);
  sourceFault.set(shown ? null : { fault: 'unreadable', bytes: file.size });
  if (!shown) return;
  replace(shown);
  await keepFile({ file, name, ...(whole && { whole }) });
}

/** Takes a stored picture. */
export function takeStored(stored: Omit<Source, 'content'> & { readonly imageId: string }): void {
  const { imageId, ...rest } = stored;
  sourceFault.set(null);
  replace({ ...rest, content: { imageId } });
  void keepFile({ stored });
}

/** Takes the example picture. */
export async function takeExample(name: string): Promise<void> {
  const answer = await fetch(EXAMPLE);
  await takeFile(await answer.blob(), name);
}

/** Goes on without a source. */
export function removeSource(): void {
  sourceFault.set(null);
  replace(null);
  void keepFile(null);
}

/** Finds the source of before a reload. */
export async function restoreSource(): Promise<void> {
  const kept = await keptFile();
  if (!kept || source.get()) return;
  if ('stored' in kept) takeStored(kept.stored);
  else source.set(await readShown(kept.file, kept.name, kept.whole));
}

function replace(next: Source | null): void {
  const before = source.get();
  if (before && before.address !== next?.address) URL.revokeObjectURL(before.address);
  source.set(next);
}

/** The picture with its size, the right way up; null where the browser cannot read it. */
async function readShown(file: Blob, name: string, whole?: Blob): Promise<Source | null> {
  const address = URL.createObjectURL(file);
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } catch {
    URL.revokeObjectURL(address);
    return null;
  }
  const { naturalWidth: width, naturalHeight: height } = image;
  return { name, width, height, address, content: { file }, ...(whole && { whole }) };
}

/** What IndexedDB keeps over a reload. */
type Kept =
  | { readonly file: Blob; readonly name: string; readonly whole?: Blob }
  | { readonly stored: Parameters<typeof takeStored>[0] }
  | null;

const DATABASE = 'latentql';
const STORE = 'source';

/** IndexedDB may be closed to this page; then a reload forgets the source. */
async function withStore<Result>(
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result | undefined> {
  try {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    const database = await settled(opening);
    const result = await settled(use(database.transaction(STORE, mode).objectStore(STORE)));
    database.close();
    return result;
  } catch {
    return undefined;
  }
}

const settled = <Result>(asked: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => {
      resolve(asked.result);
    };
    asked.onerror = () => {
      reject(asked.error ?? new Error('IndexedDB failed'));
    };
  });

const keepFile = (kept: Kept) => withStore('readwrite', (store) => store.put(kept, 'present'));

const keptFile = () =>
  withStore<Kept | undefined>('readonly', (store) => store.get('present') as IDBRequest<Kept | undefined>);
