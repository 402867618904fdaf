import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { InstalledModels } from '../models/installed-models.ts';

/** The models as a server with these settings names them; nothing is written. */
export async function openCatalog({ modelsDir, dataDir }: Config): Promise<InstalledModels> {
  const { InstalledModels } = await import('../models/installed-models.ts');
  const { readNames } = await import('../models/remembered-names.ts');
  const { PACKAGE_DIR } = await import('../services/shared.ts');
  const names = await readNames(join(dataDir, 'model-names.json'));
  return InstalledModels.find({ modelsDir, packageDir: PACKAGE_DIR, names: () => Promise.resolve(names) });
}
