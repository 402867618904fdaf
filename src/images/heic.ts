import { fork } from 'node:child_process';
import { childModule } from '../engine/index.ts';
import { MAX_DECODING_BYTES } from './decode-limits.ts';
import type { HeicAnswer, HeicTask } from './heic-child.ts';

/** Seconds that the decoding of one HEIC picture may take; one of a phone takes 1 to 5. */
export const MAX_HEIC_SECONDS = 60;

/** What is decoded of a picture. */
export interface RgbaPixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/**
 * Decodes the primary picture of a HEIC file, upright, in a process of its own. Rejects if it is damaged, takes
 * too much time or memory, or if libheif-js, which is an optional dependency, is not installed.
 */
export async function heicPixels(
  heic: Uint8Array,
  { maxBytes = MAX_DECODING_BYTES, maxSeconds = MAX_HEIC_SECONDS } = {},
): Promise<RgbaPixels> {
  const { path, execArgv } = childModule('heic-child', import.meta.url);
  const child = fork(path, {
    serialization: 'advanced',
    execArgv: [...execArgv],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'], // libheif prints what it finds wrong
  });
  const timeout = AbortSignal.timeout(maxSeconds * 1000);
  try {
    const answer = await new Promise<HeicAnswer>((resolve, reject) => {
      child.once('message', (message: HeicAnswer) => resolve(message));
      child.once('error', reject);
      child.once('exit', () => reject(new Error('its decoder crashed')));
      timeout.onabort = () => reject(new Error(`it takes more than ${maxSeconds} s to decode`));
      child.send({ heic, maxBytes } satisfies HeicTask, (error) => error && reject(error));
    });
    if ('problem' in answer) throw new Error(answer.problem);
    return answer;
  } finally {
    timeout.onabort = null;
    child.kill('SIGKILL');
  }
}
