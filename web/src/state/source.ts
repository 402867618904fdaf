import { EXAMPLE } from '../api/picture-address.ts';
import { fetchPicture } from '../api/source-address.ts';
import { storedPicture, uploadOf } from '../api/upload.ts';
import { change, form } from './form.ts';
import { server } from './resources.ts';
import { createStore } from './store.ts';

/** An inpaint mask: white is repainted. A PNG in the source's proportions. */
export interface Mask {
  readonly file: Blob;
  /** Its address on the page. */
  readonly address: string;
}

/** The picture that a job starts from. */
export interface Source {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Its address on the page. */
  readonly address: string;
  /** A picture that a person gave, or a stored one by its id. */
  readonly content: { readonly file: Blob } | { readonly imageId: string };
  /** The picture before it was cropped. */
  readonly whole?: Blob;
  /** Left out: all of it is repainted. */
  readonly mask?: Mask;
}

/** Why the last picture was refused. */
export type SourceFault = 'unreadable' | 'too-large';

export const source = createStore<Source | null>(null);
export const sourceFault = createStore<{ readonly fault: SourceFault; readonly bytes: number } | null>(null);

/** Pictures that are being read; those that only the server can decode take longer. */
const underWay = new Set<Promise<void>>();

/** Waits until all given pictures are read. */
export const sourceRead = async (): Promise<void> => {
  while (underWay.size > 0) await Promise.all(underWay);
};

/** Takes a dropped, pasted, chosen or cropped picture. */
export async function takeFile(file: Blob, name: string, whole?: Blob): Promise<void> {
  const reading = read(file, name, whole);
  underWay.add(reading);
  await reading.finally(() => underWay.delete(reading));
}

async function read(file: Blob, name: string, whole?: Blob): Promise<void> {
  if (file.size > (server.get()?.limits.uploadBytes ?? Infinity)) {
    sourceFault.set({ fault: 'too-large', bytes: file.size });
    return;
  }
  const shown = (await readShown(file, name, whole)) ?? (await readByServer(file, name));
  sourceFault.set(shown ? null : { fault: 'unreadable', bytes: file.size });
  if (!shown) return;
  replace(shown);
  const { content } = shown;
  if ('file' in content) uploadOf(content.file).catch(() => undefined); // an error is shown when the upload is needed
  void keepFile(keptOf(shown));
}

/** A stored picture, as IndexedDB keeps it. */
type Stored = Omit<Source, 'content' | 'mask'> & { readonly imageId: string };

const withContent = ({ imageId, ...rest }: Stored): Source => ({ ...rest, content: { imageId } });

/** Takes a stored picture. */
export function takeStored(stored: Stored): void {
  sourceFault.set(null);
  replace(withContent(stored));
  void keepFile({ stored });
}

/** Sets the mask of the source; null removes it. */
export function takeMask(file: Blob | null): void {
  const present = source.get();
  if (!present) return;
  forgetMask(present);
  const { mask: _, ...bare } = present;
  const next = file ? withMask(bare, file) : bare;
  source.set(next);
  void keepFile(keptOf(next));
  if (file) uploadOf(file).catch(() => undefined); // an error is shown when the upload is needed
}

const withMask = (of: Source, file: Blob): Source => ({
  ...of,
  mask: { file, address: URL.createObjectURL(file) },
});

const forgetMask = (of: Source | null): void => {
  if (of?.mask) URL.revokeObjectURL(of.mask.address);
};

/** Takes the example picture, and its prompt if none was written. */
export async function takeExample(name: string, prompt: string): Promise<void> {
  const answer = await fetch(EXAMPLE);
  await takeFile(await answer.blob(), name);
  if (form.get().prompt.trim() === '') change({ prompt });
}

/** Removes the source. */
export function removeSource(): void {
  sourceFault.set(null);
  replace(null);
  void keepFile(null);
}

/** Restores the source after a reload. */
export async function restoreSource(): Promise<void> {
  const kept = await keptFile();
  if (!kept || source.get()) return;
  const found =
    'stored' in kept ? withContent(kept.stored) : await readShown(kept.file, kept.name, kept.whole);
  source.set(found && kept.mask ? withMask(found, kept.mask) : found);
}

/** Counts the sources given so far; the stage shows each new one. */
export const newSource = createStore(0);

function replace(next: Source | null): void {
  const before = source.get();
  if (before && before.address !== next?.address) URL.revokeObjectURL(before.address);
  forgetMask(before);
  source.set(next);
  if (next) newSource.set((count) => count + 1);
}

/** The decoded picture with its size; null if the browser cannot read it. */
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

/** The server's PNG of a picture that the browser cannot read, such as HEIC; null if the server cannot either. */
async function readByServer(file: Blob, name: string): Promise<Source | null> {
  const picture = await storedPicture(file)
    .then(({ sha256 }) => fetchPicture(sha256))
    .catch(() => null);
  return picture && readShown(picture, name);
}

/** What IndexedDB keeps across a reload. */
type Kept =
  | (({ readonly file: Blob; readonly name: string; readonly whole?: Blob } | { readonly stored: Stored }) & {
      readonly mask?: Blob;
    })
  | null;

/** A source as IndexedDB keeps it. */
function keptOf({ content, mask, ...shown }: Source): Kept {
  const { name, whole } = shown;
  const kept =
    'file' in content
      ? { file: content.file, name, ...(whole && { whole }) }
      : { stored: { ...shown, imageId: content.imageId } };
  return { ...kept, ...(mask && { mask: mask.file }) };
}

const DATABASE = 'latentql';
const STORE = 'source';

/** IndexedDB may be unavailable; then a reload loses the source. */
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
