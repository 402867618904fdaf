import { EngineProcess, type EngineExit, type EngineProcessOptions } from './engine-process.ts';
import type { Engine, EngineRunOptions, EngineStatus } from './engine.ts';
import { CanceledError, DeviceError } from './errors.ts';
import type { FromChild } from './ipc.ts';
import { reviveError } from './ipc.ts';
import type { EngineProcessStatus, EngineResult, Img2ImgTask } from './pipeline/types.ts';

/** Options of an engine. */
export interface EngineOptions extends EngineProcessOptions {
  /** Called each time an engine process has opened its device, with the choice and its reason. */
  readonly onReady?: (status: EngineStatus) => void;
  /** Called each time an engine process has exited. */
  readonly onExit?: (exit: EngineExit) => void;
}

/**
 * Milliseconds that a canceled task has to stop between two steps before its process is killed. Accelerators
 * get more, because the next process must upload gigabytes of weights again.
 */
export const stoppingTime = (provider: string): number => (provider === 'cpu' ? 1000 : 8000);

/**
 * Starts an engine process on one device. The process ends after a crash, a kill or a DeviceError; the next
 * `open` or `run` starts another one.
 */
export function startEngine(options: EngineOptions): Engine {
  return new ChildEngine(options);
}

interface RunningTask {
  readonly resolve: (result: EngineResult) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: EngineRunOptions['onEvent'];
}

class ChildEngine implements Engine {
  readonly #options: EngineOptions;
  /** The current process, until its exit. */
  #process: EngineProcess | undefined;
  #task: RunningTask | undefined;
  #busy = false;
  #closed = false;
  #interruptions = 0;
  #lastEventAt: number | null = null;
  #onUnloaded: (() => void)[] = [];
  #status: EngineProcessStatus;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#status = {
      device: options.device,
      reason: 'starting',
      precision: null,
      state: 'STARTING',
      processId: null,
      residentBytes: 0,
      ...{ card: null, memoryBytes: null, memoryUsedBytes: null },
      loaded: [],
      runtimeVersion: '',
    };
    this.#started(); // a failure is reported in the status; the next `open` retries
  }

  async open(): Promise<EngineStatus> {
    await this.#opened();
    return this.status();
  }

  async run(task: Img2ImgTask, options: EngineRunOptions): Promise<EngineResult> {
    const { signal } = options;
    if (this.#busy) throw new Error('the engine process runs one task at a time');
    this.#busy = true;
    try {
      if (signal.aborted) throw new CanceledError();
      const process = await this.#opened();
      // The signal may have been aborted while the process started.
      if (isAborted(signal)) throw new CanceledError();
      return await this.#hand(process, task, options);
    } finally {
      this.#busy = false;
    }
  }

  status(): Promise<EngineStatus> {
    const state = this.#closed ? 'STOPPED' : this.#task ? 'BUSY' : this.#status.state;
    return Promise.resolve({ ...this.#facts(), state });
  }

  async unload(): Promise<void> {
    const process = this.#process;
    if (!process || process.isEnding) return;
    process.post({ type: 'unload' });
    if (this.#busy || this.#status.state === 'STARTING') return;
    await Promise.race([new Promise<void>((resolve) => this.#onUnloaded.push(resolve)), process.exited]);
  }

  async kill(reason: string): Promise<void> {
    await this.#process?.kill(new DeviceError(reason));
  }

  async close(): Promise<void> {
    this.#closed = true;
    // The process holds no state that needs saving.
    await this.#process?.kill(new CanceledError('the engine is closed'));
  }

  async #hand(
    process: EngineProcess,
    task: Img2ImgTask,
    { signal, onEvent, viewers }: EngineRunOptions,
  ): Promise<EngineResult> {
    let deadline: NodeJS.Timeout | undefined;
    const kill = () => void process.kill(new CanceledError());
    const cancel = () => {
      if (signal.reason === 'now') {
        kill();
      } else {
        process.post({ type: 'cancel' });
        deadline = setTimeout(kill, stoppingTime(this.#status.device));
      }
    };
    signal.addEventListener('abort', cancel);
    try {
      return await new Promise<EngineResult>((resolve, reject) => {
        this.#task = { resolve, reject, onEvent };
        this.#lastEventAt = Date.now();
        process.post({ type: 'run', task });
        const running = this.#task;
        viewers?.onWish((wish) => {
          if (this.#task === running) process.post({ type: 'preview', wish });
        });
      });
    } catch (error) {
      // After one failed allocation every later one fails in the same process.
      if (error instanceof DeviceError) await process.kill(error);
      // If the caller canceled, report the cancellation, however the task ended.
      throw signal.aborted && error instanceof DeviceError ? new CanceledError() : error;
    } finally {
      signal.removeEventListener('abort', cancel);
      clearTimeout(deadline);
      this.#task = undefined;
      this.#lastEventAt = null;
    }
  }

  /**
   * A process whose device is open. Waits for the exit of a process that is being ended: two at once would
   * need the memory twice.
   */
  async #opened(): Promise<EngineProcess> {
    while (this.#process?.isEnding) await this.#process.exited;
    const process = this.#started();
    await process.opened;
    return process;
  }

  /** The current process; starts one if needed. */
  #started(): EngineProcess {
    if (this.#closed) throw new CanceledError('the engine is closed');
    if (this.#process) return this.#process;
    const process = new EngineProcess(this.#options, (message) => {
      this.#receive(message);
    });
    this.#status = { ...this.#status, state: 'STARTING' };
    this.#process = process;
    void process.exited.then((exit) => {
      this.#lost(process, exit);
    });
    return process;
  }

  #receive(message: FromChild): void {
    switch (message.type) {
      case 'ready':
        this.#status = message.status;
        this.#options.onReady?.(this.#facts());
        return;
      case 'status':
        this.#status = message.status;
        return;
      case 'unloaded':
        this.#status = message.status;
        for (const resolve of this.#onUnloaded.splice(0)) resolve();
        return;
      case 'unusable':
        this.#status = { ...this.#status, reason: message.error.message };
        return;
      case 'event':
        this.#lastEventAt = Date.now();
        this.#task?.onEvent(message.event);
        return;
      case 'done':
        this.#task?.resolve(message.result);
        return;
      case 'failed':
        this.#task?.reject(reviveError(message.error));
        return;
    }
  }

  #lost(process: EngineProcess, exit: Omit<EngineExit, 'while'>): void {
    const wasStarting = this.#status.state === 'STARTING';
    this.#process = undefined;
    this.#status = {
      ...this.#status,
      ...{ state: 'STOPPED', processId: null, residentBytes: 0, memoryUsedBytes: null, loaded: [] },
    };
    if (!exit.expected) this.#interruptions++;
    this.#options.onExit?.({ ...exit, while: wasStarting ? 'STARTING' : this.#task ? 'BUSY' : 'IDLE' });
    this.#task?.reject(process.failure('in the middle of the job'));
  }

  #facts(): EngineStatus {
    return { ...this.#status, lastEventAt: this.#lastEventAt, interruptions: this.#interruptions };
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
