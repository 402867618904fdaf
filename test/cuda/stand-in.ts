import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SOURCE = 'test/cuda/stand-in.c';

/** The libraries that the provider is linked to, and what of SOURCE is theirs. */
const LINKED = [
  ['libcudart.so.13', 'CUDART'],
  ['libcublas.so.13', 'CUBLAS'],
  ['libcublasLt.so.13', 'CUBLASLT'],
] as const;

/** Calls that start work on the card. */
const LAUNCH =
  /^(__)?cudaLaunchKernel|^cudaGraphLaunch$|^cublas(Lt)?\w*(Gemm|gemm|Matmul)(Strided)?(Batched)?(_v2|Ex)?$|^cudnn(BackendExecute|\w+Forward(Inference|Training)?)$/;

/** What the libraries counted, in the file that STAND_IN_COUNTS named. */
export async function countsIn(file: string) {
  const counts = new BigInt64Array((await readFile(file)).buffer.slice(0, 40));
  const [heldBytes, launches, copies, uploadedBytes, downloadedBytes] = Array.from(counts, Number) as [
    ...[number, number, number, number, number],
  ];
  return { heldBytes, launches, copies, uploadedBytes, downloadedBytes };
}

/**
 * Builds a CUDA runtime and cuDNN that compute nothing, from the names that a CUDA provider asks for. Over them the real provider
 * loads networks and runs them in the host's memory: results are garbage; where nodes run, which kernels are missing and how much
 * memory is taken are real. Needs gcc and binutils.
 */
export async function buildStandIn(provider: string, folder: string): Promise<void> {
  const { stdout } = await run('nm', ['-D', '--undefined-only', provider], { maxBuffer: 2 ** 26 });
  for (const [library, part] of LINKED) {
    const names = [...stdout.matchAll(/\bU (\w+)@(\S+)/g)].flatMap(([, name, from]) =>
      from === library ? [name!] : [],
    );
    await build(library, part, names, folder);
  }
  // cuDNN's functions are looked up by name while it runs.
  const { stdout: texts } = await run('strings', ['-a', provider], { maxBuffer: 2 ** 30 });
  await build('libcudnn.so.9', 'CUDNN', [...new Set(texts.match(/^cudnn[A-Z]\w+$/gm))], folder);
  for (const library of ['libcurand.so.10', 'libcuda.so.1']) await build(library, 'NONE', [], folder);
}

/** A library whose functions return success unless SOURCE says otherwise. */
async function build(library: string, part: string, names: readonly string[], folder: string): Promise<void> {
  const rest = join(folder, `${library}.c`);
  const versions = join(folder, `${library}.map`);
  await writeFile(
    rest,
    'int stand_in_launch(void);\n' +
      names
        .map((name) => {
          const result = LAUNCH.test(name) ? 'stand_in_launch()' : '0';
          return `__attribute__((weak)) int ${name}(void) { return ${result}; }\n`;
        })
        .join(''),
  );
  await writeFile(versions, `${library} { global: *; };\n`);
  await run('gcc', [
    ...['-shared', '-fPIC', '-w', '-o', join(folder, library), SOURCE, rest, `-D${part}`],
    ...[`-Wl,-soname,${library}`, `-Wl,--version-script=${versions}`],
  ]);
}
