import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { readBytes, withRegularFile } from './regular-file.ts';

/** A file of a model, and a short text that tells its content from any other. */
export interface FileContent {
  /** Its name; in Diffusers' layout relative to the model's folder. */
  readonly name: string;
  /** `sha256:` and the hash; of a large file `samples:` and that of its start and of samples. Lower-case hex. */
  readonly content: string;
}

/** Size up to which a file is read whole: a fraction of a second. */
const WHOLE = 2 ** 26;

/** Of a larger file: bytes of its start, where its header is, and number and size of samples spread over the rest. */
const START = 2 ** 22;
const SAMPLES = 256;
const SAMPLE_BYTES = 4096;

/** Describes the content of a file. */
function contentOf(path: string): Promise<string> {
  return withRegularFile(path, async (handle, size) => {
    const hash = createHash('sha256');
    if (size <= WHOLE) return `sha256:${hash.update(await readBytes(handle, size, 0)).digest('hex')}`;
    hash.update(`${size}\n`).update(await readBytes(handle, START, 0));
    const stride = (size - START - SAMPLE_BYTES) / (SAMPLES - 1);
    for (let i = 0; i < SAMPLES; i++)
      hash.update(await readBytes(handle, SAMPLE_BYTES, START + Math.floor(i * stride)));
    return `samples:${hash.digest('hex')}`;
  });
}

/**
 * Describes what decides a checkpoint's pictures: its files, and what was read from its sidecar, a file that other programs write
 * too. File system errors pass through.
 */
export async function contentsOf(
  files: readonly { readonly path: string; readonly name?: string }[],
  sidecarPath: string,
  sidecar: object,
): Promise<FileContent[]> {
  const contents: FileContent[] = [];
  for (const { path, name = basename(path) } of files)
    contents.push({ name, content: await contentOf(path) });
  if (Object.keys(sidecar).length === 0) return contents;
  const read = createHash('sha256').update(JSON.stringify(sidecar)).digest('hex');
  return [...contents, { name: basename(sidecarPath), content: `sha256:${read}` }];
}
