import { queryCard, type Card } from './card.ts';
import type { Device } from './device.ts';

/** Share of a card that is left to its driver, the libraries' scratch memory and other programs. */
const LEFT_FREE = 0.1;

/** An accelerator's own memory. */
export interface DeviceMemory {
  /** Bytes that networks may take. */
  readonly limit: number;
  /**
   * The card as it is now; undefined where nobody can be asked: only NVIDIA's driver comes with a program that tells, and neither
   * WebGPU nor DirectML nor CoreML says it through ONNX Runtime.
   */
  card(): Promise<Card | undefined>;
}

/**
 * The memory of a device, undefined where that is the process's own. The limit is the one given, else what a card has without
 * what is left free, else that of the process.
 */
export async function memoryOf(
  { name, profile }: Device,
  { memoryLimit, deviceMemoryLimit }: { readonly memoryLimit: number; readonly deviceMemoryLimit?: number },
  query: () => Promise<Card> = queryCard,
): Promise<DeviceMemory | undefined> {
  if (profile.weights !== 'device') return undefined;
  const card = () => (name === 'cuda' ? query().catch(() => undefined) : Promise.resolve(undefined));
  const bytes = (await card())?.memoryBytes;
  const ofCard = bytes === undefined ? memoryLimit : Math.floor((1 - LEFT_FREE) * bytes);
  return { limit: deviceMemoryLimit ?? ofCard, card };
}
