import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CanceledError, DeviceError } from './errors.ts';
import type { FromChild, ToChild } from './ipc.ts';
import { reviveError } from './ipc.ts';
import type { Engine, EngineResult, EngineRunOptions, EngineStatus, Img2ImgTask } from './pipeline/types.ts';

export interface EngineOptions {
  /** Execution provider to use, `auto` for the best that works. */
  readonly device: string;
  /** Of several CUDA cards, the one to use, counted from 0 among those that are visible. */
  readonly deviceIndex?: number;
  /** Bytes of networks to keep loaded. */
  readonly memoryLimit: number;
  /** Takes what the engine process and its libraries print, line by line; it goes nowhere when left out. */
  readonly onOutput?: (line: string) => void;
  /** Called each time an engine process has opened its device, with what it took and why. */
  readonly onReady?: (status: EngineStatus) => void;
}

/** Milliseconds in which a task has to stop between two steps; then its process is killed. */
const STOPPING_TIME = 1000;

/** Starts an engine process on one device. It is forked again after a crash or a kill; only the task it ran is lost. */
export function startEngine(options: EngineOptions): Engine {
  return new ChildEngine(options);
}

interface RunningTask {
  readonly resolve: (result: EngineResult) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: EngineRunOptions['onEvent'];
}

/** A forked child and what is known of it. */
interface Incarnation {
  readonly process: ChildProcess;
  /** Resolves when the device is open; rejects with DeviceError if it cannot be. */
  readonly ready: Promise<void>;
}

class ChildEngine implements Engine {
  readonly #options: EngineOptions;
  #child: Incarnation | undefined;
  #task: RunningTask | undefined;
  #busy = false;
  #closed = false;
  #status: EngineStatus;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#status = {
      device: options.device,
      reason: 'starting',
      state: 'STARTING',
      processId: null,
      residentBytes: 0,
      loaded: [],
      runtimeVersion: '',
    };
    this.#start().ready.catch(() => undefined); // reported by the first run
  }

  async run(task: Img2ImgTask, { signal, onEvent }: EngineRunOptions): Promise<EngineResult> {
    if (this.#busy) throw new Error('the engine process runs one task at a time');
    this.#busy = true;
    try {
      if (signal.aborted) throw new CanceledError();
      const child = this.#start();
      await child.ready;
      // The signal may have been aborted while the process started.
      if (isAborted(signal)) throw new CanceledError();
      return await this.#hand(child.process, task, signal, onEvent);
    } finally {
      this.#busy = false;
    }
  }

  status(): Promise<EngineStatus> {
    const state = this.#closed ? 'STOPPED' : this.#busy ? 'BUSY' : this.#status.state;
    return Promise.resolve({ ...this.#status, state });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child?.process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL'); // it holds nothing but memory
    await exited;
  }

  async #hand(
    child: ChildProcess,
    task: Img2ImgTask,
    signal: AbortSignal,
    onEvent: EngineRunOptions['onEvent'],
  ): Promise<EngineResult> {
    let deadline: NodeJS.Timeout | undefined;
    const kill = () => void child.kill('SIGKILL');
    const cancel = () => {
      if (signal.reason === 'now') {
        kill();
      } else {
        post(child, { type: 'cancel' });
        deadline = setTimeout(kill, STOPPING_TIME);
      }
    };
    signal.addEventListener('abort', cancel);
    try {
      return await new Promise<EngineResult>((resolve, reject) => {
        this.#task = { resolve, reject, onEvent };
        post(child, { type: 'run', task });
      });
    } catch (error) {
      // Whatever ended the task, a caller who asked to stop has been obeyed.
      throw signal.aborted && error instanceof DeviceError ? new CanceledError() : error;
    } finally {
      signal.removeEventListener('abort', cancel);
      clearTimeout(deadline);
      this.#task = undefined;
    }
  }

  #start(): Incarnation {
    if (this.#closed) throw new CanceledError('the engine is closed');
    if (this.#child) return this.#child;
    const module = new URL(`./child${extname(import.meta.url)}`, import.meta.url);
    const child = fork(fileURLToPath(module), {
      serialization: 'advanced',
      execArgv: module.pathname.endsWith('.ts') ? ['--import', 'tsx'] : [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: environmentFor(this.#options.deviceIndex),
    });
    const { device, memoryLimit, onOutput = () => undefined } = this.#options;
    for (const output of [child.stdout!, child.stderr!]) createInterface(output).on('line', onOutput);
    const ready = new Promise<void>((resolve, reject) => {
      child.on('message', (message: FromChild) => {
        if (message.type === 'ready') resolve();
        else if (message.type === 'unusable') reject(reviveError(message.error));
        this.#receive(message);
      });
      child.once('error', (error) => {
        reject(new DeviceError(`the engine process could not be started: ${error.message}`));
        this.#lost(child, error.message);
      });
      child.once('exit', (code, killer) => {
        const how = killer ? `signal ${killer}` : `exit code ${code ?? 'unknown'}`;
        reject(new DeviceError(`the engine process ended before its device was open (${how})`));
        this.#lost(child, how);
      });
    });
    this.#child = { process: child, ready };
    post(child, { type: 'open', device, memoryLimit });
    return this.#child;
  }

  #receive(message: FromChild): void {
    switch (message.type) {
      case 'ready':
        this.#options.onReady?.(message.status);
        this.#status = message.status;
        return;
      case 'status':
        this.#status = message.status;
        return;
      case 'unusable':
        return;
      case 'event':
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

  #lost(child: ChildProcess, how: string): void {
    if (this.#child?.process !== child) return;
    this.#child = undefined;
    this.#status = { ...this.#status, state: 'STARTING', processId: null, residentBytes: 0, loaded: [] };
    this.#task?.reject(
      this.#closed
        ? new CanceledError('the engine is closed')
        : new DeviceError(`the engine process ended in the middle of the job (${how})`),
    );
    if (!this.#closed && this.#task) this.#start().ready.catch(() => undefined); // warm for the next job
  }
}

/** A process that sees one card only takes that one. */
function environmentFor(deviceIndex: number | undefined): NodeJS.ProcessEnv {
  if (deviceIndex === undefined) return process.env;
  const visible = process.env['CUDA_VISIBLE_DEVICES']?.split(',') ?? [];
  return { ...process.env, CUDA_VISIBLE_DEVICES: visible[deviceIndex]?.trim() ?? String(deviceIndex) };
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Sends a message; a child that is gone is noticed by its exit event. */
function post(child: ChildProcess, message: ToChild): void {
  if (child.connected) child.send(message, () => undefined);
}
