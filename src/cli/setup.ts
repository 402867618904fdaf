import type { Command } from 'commander';
import { CommandError, EXIT, ending } from './exit.ts';

/** `setup cuda`. */
export function addSetup(program: Command): void {
  program
    .command('setup')
    .description('installs what a device needs')
    .command('cuda')
    .description("installs what DEVICE=cuda needs in addition to NVIDIA's own libraries (Linux x64)")
    .action(ending(setUp));
}

async function setUp(): Promise<number> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new CommandError(
      `setup cuda is for Linux x64, this is ${process.platform} ${process.arch}: DEVICE=webgpu needs no setup`,
    );
  const { setUpCuda } = await import('../setup/cuda.ts');
  const { tryCuda, showLibraries, progressBar } = await import('../setup/report.ts');
  const { folder, libraries } = await setUpCuda({ onProgress: progressBar(process.stderr) });
  console.log(`the CUDA provider is in ${folder}`);
  for (const line of showLibraries(libraries)) console.log(line);
  const problem = await tryCuda();
  console.log(problem === undefined ? 'cuda opens' : `cuda does not open: ${problem}`);
  return problem === undefined ? EXIT.done : EXIT.failed;
}
