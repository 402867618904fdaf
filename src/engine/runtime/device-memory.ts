import { queryCard, type Card } from './card.ts';
import type { Device } from './device.ts';

/** Share of a card's memory that is left to its driver, the libraries' workspaces and other programs. */
const LEFT_FREE = 0.1;

/** An accelerator's own memory. */
export interface DeviceMemory {
  /** Maximum bytes for networks. */
  readonly limit: number;
  /**
   * Current state of the card; undefined if unknown: only NVIDIA's driver can be queried. WebGPU, DirectML
   * and CoreML do not report it through ONNX Runtime.
   */
  card(): Promise<Card | undefined>;
}

/**
 * The memory of a device; undefined if it uses the process's. The limit is the given one, or else the card's
 * memory minus the share that is left free, or else the process's limit.
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
