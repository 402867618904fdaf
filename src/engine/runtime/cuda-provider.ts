import { lstatSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The libraries of ONNX Runtime's CUDA provider: what the npm package lacks and `setup cuda` installs. */
export const PROVIDER_FILES = [
  'libonnxruntime_providers_cuda.so',
  'libonnxruntime_providers_shared.so',
] as const;

/**
 * Makes CUDA's libraries multiply float32 in all its bits: by default they round what goes in to 10 bits (TF32). They read this
 * when they load.
 */
export function multiplyExactly(env: NodeJS.ProcessEnv = process.env): void {
  env['NVIDIA_TF32_OVERRIDE'] ??= '0';
}

/** What `setup cuda` found and installed. */
export interface CudaRecord {
  /** Version of the ONNX Runtime that the provider belongs to. */
  readonly runtimeVersion: string;
  /** Folders of CUDA's and cuDNN's libraries that the loader would not find by itself. */
  readonly libraryFolders: readonly string[];
}

/** Where the provider lies: outside `node_modules`, which every `npm ci` empties. */
export function cudaFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'latentql', 'cuda');
}

/** What was installed there; undefined if nothing was. */
export function readCudaRecord(folder = cudaFolder()): CudaRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8')) as CudaRecord;
  } catch {
    return undefined;
  }
}

/** Where ONNX Runtime's own libraries lie, and their version. */
export interface RuntimeCore {
  readonly folder: string;
  readonly version: string;
}

/** The core that this program loads. */
export function runtimeCore(): RuntimeCore {
  const require = createRequire(import.meta.url);
  const module = dirname(dirname(require.resolve('onnxruntime-node')));
  const { version } = JSON.parse(readFileSync(join(module, 'package.json'), 'utf8')) as RuntimeCore;
  return { folder: join(module, 'bin', 'napi-v6', process.platform, process.arch), version };
}

/**
 * Puts links to the installed provider beside the core, where it looks for it. Gives the reason if that cannot be: undefined
 * if it was done, or if nothing was installed.
 */
export function linkProvider(core = runtimeCore(), folder = cudaFolder()): string | undefined {
  const record = readCudaRecord(folder);
  if (!record) return undefined;
  if (record.runtimeVersion !== core.version)
    return (
      `the CUDA provider in ${folder} is of ONNX Runtime ${record.runtimeVersion}, onnxruntime-node of ${core.version}: ` +
      'install the one that this version pins and run `latentql setup cuda`'
    );
  try {
    for (const file of PROVIDER_FILES) link(join(folder, file), join(core.folder, file));
    return undefined;
  } catch (error) {
    return `the CUDA provider cannot be linked beside onnxruntime-node: ${(error as Error).message}`;
  }
}

/** A file that somebody else put there stays. */
function link(target: string, path: string): void {
  const state = lstatSync(path, { throwIfNoEntry: false });
  if (state && (!state.isSymbolicLink() || readlinkSync(path) === target)) return;
  rmSync(path, { force: true });
  try {
    symlinkSync(target, path);
  } catch (error) {
    // Another engine process did it at the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** LD_LIBRARY_PATH with what `setup cuda` found behind it; undefined where there is nothing to say. */
export function libraryPath(
  own: string | undefined,
  record: CudaRecord | undefined = readCudaRecord(),
): string | undefined {
  const folders = [...(own ? own.split(':') : []), ...(record?.libraryFolders ?? [])];
  return folders.length === 0 ? undefined : [...new Set(folders)].join(':');
}
