import type { Progress } from './progress.ts';
import type { Lease } from './queue.ts';

/** A device, how it is doing, and what it does. */
export class Station<Device> {
  readonly device: Device;
  problem: string | null = 'the engine is starting';
  hung = 0;
  running: { readonly lease: Lease; readonly progress: Progress } | undefined;
  /** Resolves when it has been opened, or has failed to, for the first time. */
  readonly tried: Promise<void>;
  wasTried: () => void = () => undefined;

  constructor(device: Device) {
    this.device = device;
    this.tried = new Promise((resolve) => (this.wasTried = resolve));
  }
}
