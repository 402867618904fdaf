import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** A library that the provider loads, and how to install it. */
interface Requirement {
  readonly file: string;
  readonly remedy: string;
}

/** libcudnn is opened at the first convolution or attention, the others when the provider loads. */
export const CUDA_LIBRARIES: readonly Requirement[] = [
  { file: 'libcuda.so.1', remedy: "NVIDIA's driver 580 or newer, from your distribution" },
  { file: 'libcudart.so.13', remedy: 'pip install nvidia-cuda-runtime' },
  { file: 'libcublas.so.13', remedy: 'pip install nvidia-cublas' },
  { file: 'libcublasLt.so.13', remedy: 'pip install nvidia-cublas' },
  { file: 'libcurand.so.10', remedy: 'pip install nvidia-curand' },
  { file: 'libcudnn.so.9', remedy: 'pip install nvidia-cudnn-cu13' },
];

/** Where a library was found: a folder, `system` for the loader's own paths, undefined for nowhere. */
export interface FoundLibrary extends Requirement {
  readonly folder: string | undefined;
}

/** Looks for every library where the loader does, then in CUDA's own folder below `installed`, conda's, and those of pip's `nvidia-*`. */
export async function findCudaLibraries(
  env: NodeJS.ProcessEnv = process.env,
  known: Promise<string> = cachedLibraries(),
  installed = '/usr/local',
): Promise<FoundLibrary[]> {
  const listed = await known;
  const own = (env['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean);
  const folders = [...cudaFolders(installed), ...condaFolders(env), ...pipFolders(env)];
  return CUDA_LIBRARIES.map(({ file, remedy }) => {
    const isKnown = listed.includes(`${file} `) || own.some((folder) => existsSync(join(folder, file)));
    const folder = isKnown ? 'system' : folders.find((it) => existsSync(join(it, file)));
    return { file, remedy, folder };
  });
}

/** Libraries in the loader's cache. */
const cachedLibraries = (): Promise<string> =>
  promisify(execFile)('ldconfig', ['-p'], {
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/sbin:/usr/sbin` },
  }).then(
    ({ stdout }) => stdout,
    () => '',
  );

const below = (folder: string): string[] => {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
};

const cudaFolders = (installed: string): string[] =>
  below(installed)
    .filter((path) => /\/cuda(-13[^/]*)?$/.test(path))
    .map((path) => join(path, 'lib64'));

const condaFolders = ({ CONDA_PREFIX }: NodeJS.ProcessEnv): string[] =>
  CONDA_PREFIX ? [join(CONDA_PREFIX, 'lib')] : [];

/** `nvidia/<name>/lib` in every site-packages of the active environment, of each python3 on the path, the user and the system. */
function pipFolders({ VIRTUAL_ENV, CONDA_PREFIX, HOME = homedir(), PATH = '' }: NodeJS.ProcessEnv): string[] {
  const pythons = PATH.split(delimiter).filter((folder) => existsSync(join(folder, 'python3')));
  const roots = [
    VIRTUAL_ENV,
    CONDA_PREFIX,
    ...pythons.map(dirname),
    join(HOME, '.local'),
    '/usr/local',
    '/usr',
  ];
  return roots
    .flatMap((root) => (root ? below(join(root, 'lib')) : []))
    .filter((path) => /\/python3[^/]*$/.test(path))
    .flatMap((python) => [join(python, 'site-packages'), join(python, 'dist-packages')])
    .flatMap((packages) => below(join(packages, 'nvidia')))
    .map((path) => join(path, 'lib'));
}
