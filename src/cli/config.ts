import type { Command } from 'commander';
import { type Config, readConfig, SETTINGS, type SettingName } from '../config.ts';
import { shownSettings } from '../start-log.ts';
import { EXIT, ending } from './exit.ts';
import { applySettings, takeAllSettings } from './setting-flags.ts';
import type { Origins } from './setting-sources.ts';
import { sizeText, table } from './table.ts';

/** A setting in force. */
interface ShownSetting {
  readonly name: SettingName;
  readonly value: unknown;
  readonly origin: string;
}

/** `config`: the settings in force, and where each comes from. */
export function addConfig(program: Command): void {
  const config = program
    .command('config')
    .description('the settings in force and where each comes from; secrets are hidden')
    .option('--json', 'as a JSON object');
  takeAllSettings(config).action(
    ending(async ({ json }: { json?: true }) => {
      const origins = applySettings(config);
      const settings = settingsInForce(readConfig(process.env), origins);
      console.log(json ? asJson(settings) : asTable(settings));
      return Promise.resolve(EXIT.done);
    }),
  );
}

/** The name of a setting in Config: `dataDir` for DATA_DIR. */
const fieldOf = (name: SettingName): string =>
  name === 'DEVICE'
    ? 'devices'
    : name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function settingsInForce(config: Config, origins: Origins): ShownSetting[] {
  const shown = shownSettings(config);
  return SETTINGS.map((name) => ({
    name,
    value: shown[fieldOf(name)] ?? null,
    origin: origins.get(name) ?? 'default',
  }));
}

const asJson = (settings: readonly ShownSetting[]): string =>
  JSON.stringify(Object.fromEntries(settings.map(({ name, ...rest }) => [name, rest])), null, 2);

const asTable = (settings: readonly ShownSetting[]): string =>
  table([
    ['setting', 'value', 'from'],
    ...settings.map(({ name, value, origin }) => [name, asText(name, value), origin]),
  ]);

function asText(name: SettingName, value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return '–';
  if (name === 'API_KEYS') return value === 0 ? '–' : `${value as number} hidden`;
  if (name === 'RETENTION' || name === 'DRAIN_TIMEOUT') return asTime(value as number);
  if (name === 'MEMORY_LIMIT' || name === 'DEVICE_MEMORY_LIMIT' || name === 'KEY_BYTES_PER_DAY')
    return value === 0 ? '0' : sizeText(value as number);
  return Array.isArray(value) ? value.join(', ') : `${value as string | number | boolean}`;
}

/** Milliseconds as a whole number of the largest possible unit. */
function asTime(milliseconds: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const;
  const [unit, length] = units.find(([, one]) => milliseconds % one === 0) ?? ['ms', 1];
  return milliseconds === 0 ? '0' : `${milliseconds / length}${unit}`;
}
