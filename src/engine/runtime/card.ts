import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A CUDA card as NVIDIA's driver describes it. */
export interface Card {
  readonly name: string;
  readonly driver: string;
  /** CUDA compute capability, such as 8.9. */
  readonly computeCapability: string;
  readonly memoryBytes: number;
  readonly memoryUsedBytes: number;
}

const FIELDS = ['name', 'driver_version', 'compute_cap', 'memory.total', 'memory.used'];

/** Maximum time to wait for the driver, in milliseconds. */
const LONGEST_LOOK = 5000;

/**
 * Queries the card that CUDA sees first in this environment, with `nvidia-smi`, which numbers cards like
 * CUDA_DEVICE_ORDER=PCI_BUS_ID. Throws an error with the reason if that fails.
 */
export async function queryCard(env: NodeJS.ProcessEnv = process.env): Promise<Card> {
  const [visible = '0'] = (env['CUDA_VISIBLE_DEVICES'] ?? '0').split(',').map((id) => id.trim());
  const args = [`--id=${visible}`, `--query-gpu=${FIELDS.join()}`, '--format=csv,noheader,nounits'];
  const { stdout } = await promisify(execFile)('nvidia-smi', args, { env, timeout: LONGEST_LOOK }).catch(
    (error: unknown) => {
      throw new Error(causeOf(error));
    },
  );
  const [name = '', driver = '', computeCapability = '', ...sizes] = stdout.trim().split(/\s*,\s*/);
  const [memoryBytes, memoryUsedBytes] = sizes.map((mebibytes) => Number(mebibytes) * 2 ** 20);
  if (!Number.isFinite(memoryBytes) || !Number.isFinite(memoryUsedBytes))
    throw new Error(`nvidia-smi did not report the memory of ${name || visible}: ${stdout.trim()}`);
  return { name, driver, computeCapability, memoryBytes: memoryBytes!, memoryUsedBytes: memoryUsedBytes! };
}

function causeOf(error: unknown): string {
  const { code, stdout = '', stderr = '', message } = error as NodeJS.ErrnoException & Record<string, string>;
  if (code === 'ENOENT') return "nvidia-smi was not found: NVIDIA's driver is not installed";
  return `nvidia-smi failed: ${`${stdout}${stderr}`.trim() || message}`;
}
