import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type * as checkpoint from '../src/engine/checkpoint/checkpoint.ts';
import type * as tinyDecoder from '../src/engine/checkpoint/tiny-decoder.ts';
import type * as taesd from '../src/engine/networks/taesd.ts';
import type * as unet from '../src/engine/networks/unet.ts';
import type * as vae from '../src/engine/networks/vae.ts';
import type * as device from '../src/engine/runtime/device.ts';
import type * as session from '../src/engine/runtime/session.ts';

/** The modules of an engine that a measurement uses. */
interface Modules {
  readonly checkpoint: typeof checkpoint;
  readonly unet: typeof unet;
  readonly vae: typeof vae;
  /** Missing in older commits. */
  readonly tinyDecoder?: typeof tinyDecoder;
  readonly taesd?: typeof taesd;
  readonly session: typeof session;
  readonly device: typeof device;
}

/** The engine with sources in a folder. */
export async function engineIn(root: string): Promise<Modules> {
  const load = (path: string): Promise<unknown> => import(join(root, 'src/engine', path));
  return {
    checkpoint: await load('checkpoint/checkpoint.ts'),
    unet: await load('networks/unet.ts'),
    vae: await load('networks/vae.ts'),
    tinyDecoder: await load('checkpoint/tiny-decoder.ts').catch(() => undefined),
    taesd: await load('networks/taesd.ts').catch(() => undefined),
    session: await load('runtime/session.ts'),
    device: await load('runtime/device.ts'),
  } as Modules;
}

/** The engine of a commit, with the packages installed here. */
export async function engineOf(commit: string): Promise<Modules & { remove(): Promise<void> }> {
  const repository = join(import.meta.dirname, '..');
  const folder = await mkdtemp(join(tmpdir(), 'latentql-base-'));
  const run = promisify(execFile);
  const archive = join(folder, 'source.tar');
  await run('git', [
    '-C',
    repository,
    'archive',
    '-o',
    archive,
    commit,
    'src',
    'package.json',
    'tsconfig.json',
  ]);
  await run('tar', ['-xf', archive, '-C', folder]);
  await symlink(await realpath(join(repository, 'node_modules')), join(folder, 'node_modules'));
  return { ...(await engineIn(folder)), remove: () => rm(folder, { recursive: true }) };
}
