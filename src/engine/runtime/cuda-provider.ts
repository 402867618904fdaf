import { lstatSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The libraries of ONNX Runtime's CUDA provider, which the npm package lacks and `setup cuda` installs. */
export const PROVIDER_FILES = [
  'libonnxruntime_providers_cuda.so',
  'libonnxruntime_providers_shared.so',
] as const;

/**
 * Disables TF32 in CUDA's libraries, which by default round float32 factors to 10 bits. They read this
 * variable when they are loaded.
 */
export function multiplyExactly(env: NodeJS.ProcessEnv = process.env): void {
  env['NVIDIA_TF32_OVERRIDE'] ??= '0';
}

/** What `setup cuda` found and installed. */
export interface CudaRecord {
  /** Version of the ONNX Runtime that the provider belongs to. */
  readonly runtimeVersion: string;
  /** Folders of CUDA's and cuDNN's libraries outside the loader's search path. */
  readonly libraryFolders: readonly string[];
}

/** Folder of the installed provider: outside `node_modules`, which every `npm ci` empties. */
export function cudaFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'latentql', 'cuda');
}

/** Reads the record of the installation; undefined without an installation. */
export function readCudaRecord(folder = cudaFolder()): CudaRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8')) as CudaRecord;
  } catch {
    return undefined;
  }
}

/** Folder and version of ONNX Runtime's own libraries. */
export interface RuntimeCore {
  readonly folder: string;
  readonly version: string;
}

/** The ONNX Runtime that this program loads. */
export function runtimeCore(): RuntimeCore {
  const require = createRequire(import.meta.url);
  const module = dirname(dirname(require.resolve('onnxruntime-node')));
  const { version } = JSON.parse(readFileSync(join(module, 'package.json'), 'utf8')) as RuntimeCore;
  return { folder: join(module, 'bin', 'napi-v6', process.platform, process.arch), version };
}

/**
 * Links the installed provider into the folder of ONNX Runtime, which looks for it there. Returns the reason
 * if that fails; undefined if it succeeded or nothing is installed.
 */
export function linkProvider(core = runtimeCore(), folder = cudaFolder()): string | undefined {
  const record = readCudaRecord(folder);
  if (!record) return undefined;
  if (record.runtimeVersion !== core.version)
    return (
      `the CUDA provider in ${folder} is for ONNX Runtime ${record.runtimeVersion}, onnxruntime-node is ${core.version}: ` +
      'install the pinned onnxruntime-node and run `latentql setup cuda`'
    );
  try {
    for (const file of PROVIDER_FILES) link(join(folder, file), join(core.folder, file));
    return undefined;
  } catch (error) {
    return `cannot link the CUDA provider into onnxruntime-node: ${(error as Error).message}`;
  }
}

/** Creates or updates a symbolic link. A regular file is left alone. */
function link(target: string, path: string): void {
  const state = lstatSync(path, { throwIfNoEntry: false });
  if (state && (!state.isSymbolicLink() || readlinkSync(path) === target)) return;
  rmSync(path, { force: true });
  try {
    symlinkSync(target, path);
  } catch (error) {
    // Another engine process created it at the same time.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** LD_LIBRARY_PATH with the folders that `setup cuda` found appended; undefined if it would be empty. */
export function libraryPath(
  own: string | undefined,
  record: CudaRecord | undefined = readCudaRecord(),
): string | undefined {
  const folders = [...(own ? own.split(':') : []), ...(record?.libraryFolders ?? [])];
  return folders.length === 0 ? undefined : [...new Set(folders)].join(':');
}
