import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ProviderName } from './device.ts';

/** What the package does not hold and `setup cuda` installs. */
const CUDA_LIBRARY = 'libonnxruntime_providers_cuda.so';

/** Folder of ONNX Runtime's libraries for this machine. */
export function runtimeFolder(): string {
  const module = createRequire(import.meta.url).resolve('onnxruntime-node');
  return join(dirname(module), '..', 'bin', 'napi-v6', process.platform, process.arch);
}

/**
 * Why the provider's library does not load, as the system's loader says it (`libcublasLt.so.13: cannot open shared object
 * file`): ONNX Runtime itself says only that it does not. Undefined if it loads.
 */
export function loaderCause(name: ProviderName): string | undefined {
  if (name !== 'cuda' || process.platform !== 'linux') return undefined;
  const path = join(runtimeFolder(), CUDA_LIBRARY);
  try {
    process.dlopen({ exports: {} }, path);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // It has loaded; it is only no module of Node.
    if (/did not self-register/i.test(message)) return undefined;
    const [line] = message.split('\n');
    return line!.startsWith(path) ? `${line!}; \`npm run setup:cuda\` installs it` : line;
  }
  return undefined;
}
