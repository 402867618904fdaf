import type { Command } from 'commander';
import type { GpuCheckFlags } from '../setup/gpu-check.ts';
import { ending } from './exit.ts';

/** `gpu check`. */
export function addGpu(program: Command): void {
  program
    .command('gpu')
    .description('looks at graphics cards')
    .command('check')
    .description(
      'whether a device works: driver, libraries, attention of every kind, speed; with a checkpoint its networks, where they run, ' +
        'how fast and in how much memory',
    )
    .option('--device <name>', 'auto, cpu, cuda, cuda:<number>, webgpu, coreml or dml')
    .option('--precision <name>', 'auto, f16 or f32')
    .option('--checkpoint <file>', 'a .safetensors file to run')
    .option('--size <pixels>', 'sides of its picture, 512 if absent')
    .option('--json', 'one JSON object instead of lines')
    .action(ending(checkGpu));
}

async function checkGpu(flags: GpuCheckFlags): Promise<number> {
  const gpu = await import('../setup/gpu-check.ts');
  const options = gpu.readGpuCheckOptions(flags);
  return gpu.runChecks(options, [(report) => gpu.checkGpu(options, report)]);
}
