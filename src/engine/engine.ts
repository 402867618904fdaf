import type {
  EngineEvent,
  EngineProcessStatus,
  EngineResult,
  Img2ImgTask,
  PreviewViewers,
} from './pipeline/types.ts';

/** Status of an engine, including what its parent knows. */
export interface EngineStatus extends EngineProcessStatus {
  /**
   * Time of the running task's latest event, or of its start, in milliseconds since the epoch; null when
   * idle.
   */
  readonly lastEventAt: number | null;
  /** Number of exits of the process that its parent did not cause. */
  readonly interruptions: number;
}

/** Options of Engine.run. */
export interface EngineRunOptions {
  /**
   * Abort with reason 'now' to kill the engine process immediately. Any other reason stops the task between
   * two steps, and kills the process if that takes too long.
   */
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngineEvent) => void;
  /** Requests for previews; none if absent. */
  readonly viewers?: PreviewViewers;
}

/** The parent's handle on one engine process, which runs one task at a time. */
export interface Engine {
  /**
   * Resolves when the device is open. Starts the process if needed. Rejects with DeviceError if the
   * device cannot be opened; the process is then gone, and the next call starts another. Does not retry.
   */
  open(): Promise<EngineStatus>;
  /**
   * Runs a task. Rejects with the errors of errors.ts. A DeviceError ends the process first; the next task
   * starts another.
   */
  run(task: Img2ImgTask, options: EngineRunOptions): Promise<EngineResult>;
  status(): Promise<EngineStatus>;
  /**
   * Releases the memory of all networks: immediately, or after the running task, for which it does not wait.
   */
  unload(): Promise<void>;
  /**
   * Kills the process immediately, even if it hangs. A running task rejects with DeviceError(reason). The
   * engine stays usable.
   */
  kill(reason: string): Promise<void>;
  /** Ends the process. A running task rejects with CanceledError. */
  close(): Promise<void>;
}
