import { fork, type ChildProcess } from 'node:child_process';
import { childModule } from './child-modules.ts';
import { DeviceError } from './errors.ts';
import { reviveError, type FromChild, type ToChild } from './ipc.ts';
import { readRecords } from './output.ts';
import type { EngineProcessStatus } from './pipeline/types.ts';
import { libraryPath } from './runtime/cuda-provider.ts';
import type { Precision } from './runtime/device.ts';

/** How an engine process is started. */
export interface EngineProcessOptions {
  /** Execution provider to use, `auto` for the best that works. */
  readonly device: string;
  /** Of several CUDA cards, the one to use, counted from 0 among those that are visible. */
  readonly deviceIndex?: number;
  /** What networks compute in; `auto` if absent. */
  readonly precision?: Precision;
  /** Bytes that the process may take. */
  readonly memoryLimit: number;
  /** Bytes of an accelerator's own memory that networks may take; by what the card has if absent. */
  readonly deviceMemoryLimit?: number;
  /** Takes what the process and its libraries print; lines that come together, such as a stack trace, are one text. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

/** How an engine process ended. */
export interface EngineExit {
  /** Exit code; null if a signal ended it or it could not be started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether its parent ended it: to replace it, to cancel a task, because it could not open its device, or by `kill`. */
  readonly expected: boolean;
  /** How it ended, as the end of a sentence about it, with the likely cause where one is known. */
  readonly how: string;
  /** What it was doing. */
  readonly while: 'STARTING' | 'IDLE' | 'BUSY';
}

/** One engine process from its start to its exit. */
export class EngineProcess {
  /** Resolves when the device is open; rejects with DeviceError, once the process has ended, if it cannot be. */
  readonly opened: Promise<EngineProcessStatus>;
  /** Resolves when the process has ended. */
  readonly exited: Promise<Omit<EngineExit, 'while'>>;
  readonly #child: ChildProcess;
  /** Why the process was ended here, or could not open its device. */
  #cause: Error | undefined;
  #isEnding = false;
  #ending = '';

  /** `receive` gets every message of the process. */
  constructor(options: EngineProcessOptions, receive: (message: FromChild) => void) {
    const { device, deviceIndex, precision = 'auto', memoryLimit, deviceMemoryLimit, onOutput } = options;
    const { path, execArgv } = childModule('child', import.meta.url);
    const child = fork(path, {
      serialization: 'advanced',
      execArgv: [...execArgv],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: environmentFor(deviceIndex),
    });
    this.#child = child;
    for (const stream of ['stdout', 'stderr'] as const) {
      readRecords(child[stream]!, (text) => onOutput?.(text, stream));
    }
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => {
        if (child.pid !== undefined) return; // it runs: a message could not be sent
        this.#ending = `could not be started: ${error.message}`;
        resolve({ code: null, signal: null, expected: false, how: this.#ending });
      });
      child.once('exit', (code, signal) => {
        this.#ending = signal ? `was ended by ${signal}` : `ended with exit code ${code ?? 'unknown'}`;
        if (signal === 'SIGKILL' && !this.#isEnding) this.#ending += `; ${OUT_OF_MEMORY}`;
        resolve({ code, signal, expected: this.#isEnding, how: this.#ending });
      });
    });
    this.opened = new Promise((resolve, reject) => {
      child.on('message', (message: FromChild) => {
        if (message.type === 'ready') resolve(message.status);
        if (message.type === 'unusable') {
          this.#cause ??= reviveError(message.error);
          this.#isEnding = true;
          child.kill('SIGKILL');
        }
        receive(message);
      });
      void this.exited.then(() => {
        reject(this.failure('before its device was open'));
      });
    });
    this.opened.catch(() => undefined); // those who await it get the error
    this.post({
      ...{ type: 'open', device, precision, memoryLimit },
      ...(deviceMemoryLimit !== undefined && { deviceMemoryLimit }),
    });
  }

  /** Whether it has been killed here; it may not have ended yet. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Sends a message; a process that is gone is noticed by its exit. */
  post(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Kills the process, also a stopped one; resolves when it has ended. `cause` is what `failure` then gives. */
  async kill(cause?: Error): Promise<void> {
    this.#cause ??= cause;
    this.#isEnding = true;
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** Why the process has ended; `when` completes the sentence. */
  failure(when: string): Error {
    return this.#cause ?? new DeviceError(`the engine process ${this.#ending} ${when}`);
  }
}

const OUT_OF_MEMORY =
  'most likely the system ran out of memory: lower MEMORY_LIMIT or the image size, or add memory';

/**
 * glibc's malloc gives freed blocks of this size back to the system at once. Left to itself it raises the size to 32 MB and
 * keeps what a decoder's pieces freed: in tiles, up to 200 MB more than the pieces take.
 */
const MALLOC = { MALLOC_MMAP_THRESHOLD_: String(16 * 2 ** 20) };

/** Cards are counted as nvidia-smi counts them; a process that sees one card only takes that one. */
export function environmentFor(
  deviceIndex: number | undefined,
  own: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const LD_LIBRARY_PATH = libraryPath(own['LD_LIBRARY_PATH']);
  const environment = {
    ...MALLOC,
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    ...own,
    ...(LD_LIBRARY_PATH !== undefined && { LD_LIBRARY_PATH }),
  };
  if (deviceIndex === undefined) return environment;
  const visible = own['CUDA_VISIBLE_DEVICES'];
  if (visible === undefined) return { ...environment, CUDA_VISIBLE_DEVICES: String(deviceIndex) };
  // Of a card that is not visible nothing is left: the device does not open.
  return { ...environment, CUDA_VISIBLE_DEVICES: visible.split(',')[deviceIndex]?.trim() ?? '' };
}
