import { execFile } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cudaFolder, runtimeCore, type CudaRecord } from '../engine/index.ts';
import { findCudaLibraries, type FoundLibrary } from './cuda-libraries.ts';
import { CUDA_PIN, type PinnedPackage } from './cuda-pin.ts';
import { download, hashOf, SetupError } from './download.ts';

/** How a setup works; what is left out is the real thing. */
export interface SetupOptions {
  readonly folder?: string;
  readonly pin?: PinnedPackage;
  /** Version of the installed onnxruntime-node. */
  readonly coreVersion?: string;
  readonly libraries?: Promise<readonly FoundLibrary[]>;
  readonly onProgress?: (bytes: number) => void;
  /** Milliseconds before the attempt after one that received nothing. */
  readonly pause?: number;
}

/** What a setup has done. */
export interface SetupResult {
  readonly folder: string;
  readonly libraries: readonly FoundLibrary[];
}

/**
 * Installs the CUDA provider that fits the installed core, verified, and notes where CUDA's libraries lie. Throws SetupError;
 * what is missing of the libraries is in the result.
 */
export async function setUpCuda(options: SetupOptions = {}): Promise<SetupResult> {
  const { folder = cudaFolder(), pin = CUDA_PIN, coreVersion = runtimeCore().version } = options;
  if (coreVersion !== pin.runtimeVersion)
    throw new SetupError(
      `the CUDA provider is of ONNX Runtime ${pin.runtimeVersion}, the installed onnxruntime-node of ${coreVersion}: ` +
        `they must match. Run: ${installCommand(pin.runtimeVersion)}`,
    );
  await mkdir(folder, { recursive: true });
  if (!(await isInstalled(folder, pin))) {
    const archive = join(folder, 'package.tgz');
    const { url, byteLength, integrity } = pin;
    const digest = { algorithm: 'sha512', encoding: 'base64', value: integrity } as const;
    const { onProgress, pause } = options;
    await download({ url, byteLength, digest, path: archive, onProgress, pause });
    await unpack(archive, folder, pin);
    await rm(archive);
  }
  const libraries = await (options.libraries ?? findCudaLibraries());
  const folders = libraries.flatMap(({ folder: place }) =>
    place === undefined || place === 'system' ? [] : [place],
  );
  const record: CudaRecord = { runtimeVersion: pin.runtimeVersion, libraryFolders: [...new Set(folders)] };
  await writeFile(join(folder, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
  return { folder, libraries };
}

/** Replaces the core of the installation at `root`: a checkout, or a package that npm has installed; npx's needs another place. */
export function installCommand(version: string, root = join(import.meta.dirname, '../..')): string {
  const folder = dirname(root);
  // In npx's cache the replacement would be gone the next time.
  if (basename(dirname(dirname(folder))) === '_npx') {
    const setUp = `npm init -y && npm pkg set overrides.onnxruntime-node=${version}`;
    return `${setUp} && npm install --ignore-scripts latentql, in a new folder, and use npx latentql there`;
  }
  const production = basename(folder) === 'node_modules' ? ' --omit=dev' : '';
  return `npm install --prefix ${root} --no-save --ignore-scripts${production} onnxruntime-node@${version}`;
}

async function isInstalled(folder: string, { files }: PinnedPackage): Promise<boolean> {
  for (const [name, hash] of Object.entries(files)) {
    if ((await hashOf(join(folder, name), 'sha512', 'hex').catch(() => '')) !== hash) return false;
  }
  return true;
}

async function unpack(archive: string, folder: string, pin: PinnedPackage): Promise<void> {
  const names = Object.keys(pin.files).map((name) => `${pin.folder}/${name}`);
  await promisify(execFile)('tar', ['-xzf', archive, '-C', folder, ...names]).catch((error: unknown) => {
    throw new SetupError(`${archive} cannot be unpacked: ${(error as Error).message}`);
  });
  for (const [name, hash] of Object.entries(pin.files)) {
    const unpacked = join(folder, pin.folder, name);
    if ((await hashOf(unpacked, 'sha512', 'hex')) !== hash)
      throw new SetupError(`${name} differs from the pinned file`);
    await rename(unpacked, join(folder, name));
  }
  await rm(join(folder, pin.folder.split('/')[0]!), { recursive: true });
}
