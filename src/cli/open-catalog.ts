import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { InstalledModels } from '../models/installed-models.ts';

/** The models under the names that a server with these settings gives them; writes nothing. */
export async function openCatalog({ modelsDir, dataDir }: Config): Promise<InstalledModels> {
  const { InstalledModels } = await import('../models/installed-models.ts');
  const { readNames } = await import('../models/remembered-names.ts');
  const { PACKAGE_DIR } = await import('../services/shared.ts');
  const names = await readNames(join(dataDir, 'model-names.json'));
  return InstalledModels.find({ modelsDir, packageDir: PACKAGE_DIR, names: () => Promise.resolve(names) });
}
