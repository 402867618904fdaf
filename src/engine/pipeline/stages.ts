import { CanceledError } from '../errors.ts';
import type { EngineEvent, EngineStage, PreviewWish } from './types.ts';

/** Announces and times the stages of a task, and stops it when the caller cancels. */
export interface Stages {
  /** Announces and runs a stage. Throws CanceledError instead if the task has been canceled. */
  stage<Result>(name: EngineStage, work: () => Promise<Result>, totalSteps?: number): Promise<Result>;
  /** Milliseconds per stage so far. */
  readonly timings: Record<EngineStage, number>;
  announce(event: EngineEvent): void;
  /**
   * Must be awaited before anything that blocks the thread: lets events be sent and a cancellation be
   * received. Throws CanceledError if the task has been canceled.
   */
  turn(): Promise<void>;
}

/** Connection between a task and its caller. */
export interface StageContext {
  /** Aborted to cancel the task. */
  readonly signal: AbortSignal;
  /** Sends an event; resolves when it is written. */
  emit(event: EngineEvent): Promise<void>;
  /** The requested preview of the completed step; absent or undefined if nobody requested one. */
  readonly wanted?: () => PreviewWish | undefined;
}

/** Creates the stages of a task. */
export function createStages(context: StageContext): Stages {
  const timings = {
    LOADING_MODEL: 0,
    ENCODING_PROMPT: 0,
    ENCODING_IMAGE: 0,
    SAMPLING: 0,
    UPSCALING: 0,
    DECODING: 0,
  };
  let sent = Promise.resolve();
  const announce = (event: EngineEvent) => {
    sent = context.emit(event);
  };
  const turn = async () => {
    await sent;
    await new Promise((resolve) => setImmediate(resolve));
    if (context.signal.aborted) throw new CanceledError();
  };
  return {
    timings,
    announce,
    turn,
    async stage(name, work, totalSteps) {
      announce({ type: 'stage', stage: name, totalSteps: totalSteps ?? null });
      await turn();
      const start = performance.now();
      const result = await work();
      timings[name] += performance.now() - start;
      return result;
    },
  };
}
