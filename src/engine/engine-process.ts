import { fork, type ChildProcess } from 'node:child_process';
import { childModule } from './child-modules.ts';
import { DeviceError } from './errors.ts';
import { reviveError, type FromChild, type ToChild } from './ipc.ts';
import { readRecords } from './output.ts';
import type { EngineProcessStatus } from './pipeline/types.ts';
import { libraryPath } from './runtime/cuda-provider.ts';
import type { Precision } from './runtime/device.ts';

/** Options of an engine process. */
export interface EngineProcessOptions {
  /** Execution provider; `auto` selects the best one that works. */
  readonly device: string;
  /** Index of the CUDA card, counted from 0 among the visible ones. */
  readonly deviceIndex?: number;
  /** Compute precision of the networks; `auto` if absent. */
  readonly precision?: Precision;
  /** Maximum bytes of host memory. */
  readonly memoryLimit: number;
  /** Maximum bytes of an accelerator's own memory; derived from the card if absent. */
  readonly deviceMemoryLimit?: number;
  /**
   * Called with the output of the process and its libraries. Lines that arrive together, such as a stack
   * trace, are one text.
   */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

/** How an engine process ended. */
export interface EngineExit {
  /** Exit code; null if a signal ended it or it could not be started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /**
   * Whether its parent ended it: to replace it, to cancel a task, because it could not open its device, or by
   * `kill`.
   */
  readonly expected: boolean;
  /** How it ended, as a predicate ("was killed by SIGKILL; …"), with the likely cause if known. */
  readonly how: string;
  /** What it was doing. */
  readonly while: 'STARTING' | 'IDLE' | 'BUSY';
}

/** One engine process from its start to its exit. */
export class EngineProcess {
  /**
   * Resolves when the device is open. If it cannot be opened, rejects with DeviceError after the process has
   * exited.
   */
  readonly opened: Promise<EngineProcessStatus>;
  /** Resolves when the process has exited. */
  readonly exited: Promise<Omit<EngineExit, 'while'>>;
  readonly #child: ChildProcess;
  /** Why the parent ended the process, or why the device could not be opened. */
  #cause: Error | undefined;
  #isEnding = false;
  #ending = '';

  /** Starts the process. `receive` is called with each of its messages. */
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
        if (child.pid !== undefined) return; // it is running: a message could not be sent
        this.#ending = `could not be started: ${error.message}`;
        resolve({ code: null, signal: null, expected: false, how: this.#ending });
      });
      child.once('exit', (code, signal) => {
        this.#ending = signal ? `was killed by ${signal}` : `ended with exit code ${code ?? 'unknown'}`;
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
    this.opened.catch(() => undefined); // callers that await it get the error
    this.post({
      ...{ type: 'open', device, precision, memoryLimit },
      ...(deviceMemoryLimit !== undefined && { deviceMemoryLimit }),
    });
  }

  /** Whether the parent has killed it. It may not have exited yet. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Sends a message. Does nothing if the process is gone: its exit is handled elsewhere. */
  post(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /**
   * Kills the process, even if it is suspended. Resolves when it has exited. `cause` is what `failure` will
   * return.
   */
  async kill(cause?: Error): Promise<void> {
    this.#cause ??= cause;
    this.#isEnding = true;
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** The error for a process that has exited; `when` completes the sentence. */
  failure(when: string): Error {
    return this.#cause ?? new DeviceError(`the engine process ${this.#ending} ${when}`);
  }
}

const OUT_OF_MEMORY =
  'most likely the system ran out of memory: lower MEMORY_LIMIT or the image size, or add memory';

/** Bytes of a huge page on x64 and arm64. */
const HUGE_PAGE = 2 * 2 ** 20;

/**
 * How glibc's malloc serves an engine process: in huge pages where the system allows them (since glibc 2.35),
 * which halves an autoencoder's processor time, and with blocks of at least a huge page returned to the system
 * when they are freed. By default that threshold grows up to 32 MB, and what a network's smaller blocks leave
 * behind is kept: up to 800 MB more than SD1.5's decoder needs at 512².
 */
export const MALLOC_SETTINGS = {
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
  MALLOC_MMAP_THRESHOLD_: String(HUGE_PAGE),
};

/**
 * The environment of an engine process. CUDA devices are ordered as in nvidia-smi, and only the chosen card
 * is visible.
 */
export function environmentFor(
  deviceIndex: number | undefined,
  own: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const LD_LIBRARY_PATH = libraryPath(own['LD_LIBRARY_PATH']);
  const environment = {
    ...MALLOC_SETTINGS,
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    ...own,
    ...(LD_LIBRARY_PATH !== undefined && { LD_LIBRARY_PATH }),
  };
  if (deviceIndex === undefined) return environment;
  const visible = own['CUDA_VISIBLE_DEVICES'];
  if (visible === undefined) return { ...environment, CUDA_VISIBLE_DEVICES: String(deviceIndex) };
  // An index beyond the visible cards gives an empty list, so that the device does not open.
  return { ...environment, CUDA_VISIBLE_DEVICES: visible.split(',')[deviceIndex]?.trim() ?? '' };
}
