import { join } from 'node:path';
import { linkProvider, PROVIDER_FILES, runtimeCore } from './cuda-provider.ts';
import type { ProviderName } from './device.ts';

/**
 * Why the provider's library cannot be loaded, in the words of the system's loader (`libcublasLt.so.13:
 * cannot open shared object file`). ONNX Runtime itself does not report the cause. Undefined if it can be
 * loaded.
 */
export function loaderCause(name: ProviderName): string | undefined {
  if (name !== 'cuda' || process.platform !== 'linux') return undefined;
  const problem = linkProvider();
  if (problem !== undefined) return problem;
  const path = join(runtimeCore().folder, PROVIDER_FILES[0]);
  try {
    process.dlopen({ exports: {} }, path);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The library was loaded. It is just not a Node module.
    if (/did not self-register/i.test(message)) return undefined;
    const [line] = message.split('\n');
    return line!.startsWith(path) ? `${line!}; \`latentql setup cuda\` installs it` : line;
  }
  return undefined;
}
