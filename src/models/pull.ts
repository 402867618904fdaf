import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectModel } from '../engine/index.ts';
import { download, hashOf, SetupError } from '../setup/download.ts';
import type { Host, ModelFile, ModelSource } from './sources.ts';

/** A host, and the variables for its mirror and its token. */
interface Access {
  readonly endpoint: string;
  readonly mirror: string;
  readonly token: string;
}

const HOSTS: Readonly<Record<Host, Access>> = {
  huggingface: { endpoint: 'https://huggingface.co', mirror: 'HF_ENDPOINT', token: 'HF_TOKEN' },
  civitai: { endpoint: 'https://civitai.com', mirror: 'CIVITAI_ENDPOINT', token: 'CIVITAI_TOKEN' },
};

/** Connections at a time for one file. */
const CONNECTIONS = 4;

/** Options of a download. */
export interface PullOptions {
  readonly modelsDir: string;
  /** Holds HF_TOKEN and CIVITAI_TOKEN, and HF_ENDPOINT and CIVITAI_ENDPOINT where a mirror is used. */
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress?: (file: string, bytes: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds before the attempt after one that received nothing. */
  readonly pause?: number;
}

/** The URL of a file. */
export const urlOf = ({ host, path }: ModelFile, environment: NodeJS.ProcessEnv): string =>
  (environment[HOSTS[host].mirror] ?? HOSTS[host].endpoint).replace(/\/+$/, '') + path;

/**
 * Downloads and verifies the missing files of a model, resuming partial downloads. Never overwrites a file with other content.
 * Throws SetupError.
 */
export async function pullModel(source: ModelSource, options: PullOptions): Promise<void> {
  const states = await Promise.all(source.files.map((file) => checkFile(file, options.modelsDir)));
  const foreign = states.find(({ state }) => state === 'other');
  if (foreign)
    throw new SetupError(`${foreign.path} is a different file: ${foreign.why}; move it away and pull again`);
  const missing = source.files.filter((_, i) => states[i]!.state === 'missing');
  await mustHaveRoom(missing, options.modelsDir);
  for (const file of missing) await pullFile(source, file, options);
}

/** The state of a model's file on disk. */
export interface FileCheck {
  readonly path: string;
  /** `unknown`: it exists, and its expected hash is unknown. */
  readonly state: 'sound' | 'unknown' | 'missing' | 'other';
  /** Why it is a different file; else empty. */
  readonly why: string;
}

/** Compares a file with its expected size and hash. */
export async function checkFile(file: ModelFile, modelsDir: string): Promise<FileCheck> {
  const path = join(modelsDir, file.file);
  const found = await stat(path).catch(() => undefined);
  if (!found) return { path, state: 'missing', why: '' };
  if (file.byteLength !== null && found.size !== file.byteLength)
    return { path, state: 'other', why: `it has ${found.size} bytes, expected ${file.byteLength}` };
  if (file.sha256 === null) return { path, state: 'unknown', why: '' };
  const sha256 = await hashOf(path, 'sha256', 'hex');
  if (sha256 === file.sha256) return { path, state: 'sound', why: '' };
  return { path, state: 'other', why: `its SHA-256 is ${sha256}, expected ${file.sha256}` };
}

/** Checks the space for all files together, before the first one. */
async function mustHaveRoom(files: readonly ModelFile[], modelsDir: string): Promise<void> {
  await mkdir(modelsDir, { recursive: true });
  const parts = await Promise.all(
    files.map(({ file }) =>
      stat(join(modelsDir, `${file}.part`)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const needed = files.reduce(
    (sum, { byteLength }, i) => sum + Math.max(0, (byteLength ?? 0) - parts[i]!),
    0,
  );
  const { bavail, bsize } = await statfs(modelsDir);
  if (bavail * bsize >= needed) return;
  throw new SetupError(
    `${modelsDir} has ${bavail * bsize} bytes free, ${needed} are needed: make room, or set MODELS_DIR to another disk`,
  );
}

async function pullFile(source: ModelSource, file: ModelFile, options: PullOptions): Promise<void> {
  const { modelsDir, environment, onProgress, signal, pause } = options;
  const path = join(modelsDir, file.file);
  const { token: variable } = HOSTS[file.host];
  const token = environment[variable];
  await download({
    url: urlOf(file, environment),
    path,
    byteLength: file.byteLength ?? undefined,
    connections: CONNECTIONS,
    digest: file.sha256 === null ? undefined : { algorithm: 'sha256', encoding: 'hex', value: file.sha256 },
    headers: token ? { authorization: `Bearer ${token}` } : {},
    explain: (status) => meaningOf(status, source, variable, token !== undefined),
    onProgress: (bytes, total) => onProgress?.(file.file, bytes, total),
    signal,
    pause,
  });
  if (file.sha256 === null && file === source.files[0]) await mustBeCheckpoint(path);
}

/** The remedy for an HTTP status. */
function meaningOf(
  status: number,
  { conditions, page }: ModelSource,
  variable: string,
  hasToken: boolean,
): string | undefined {
  if (status === 404) return `the file is no longer there, see ${page}`;
  if (status === 429) return 'too many requests: try again later';
  if (status !== 200 && status !== 401 && status !== 403) return undefined;
  const refused = hasToken ? `the token in ${variable} was not accepted; ` : '';
  return `${refused}${conditions ?? `if the host asks for a token, set ${variable}`} (${page})`;
}

/** Checks a download without a known hash by its header and keys. */
async function mustBeCheckpoint(path: string): Promise<void> {
  const problem = (await inspectModel(path))?.problem;
  if (problem === null || problem === undefined) return;
  await rm(path);
  throw new SetupError(`the download is not a usable checkpoint and was removed: ${problem}`);
}
