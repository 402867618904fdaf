import { request } from '../api/client.ts';
import { SettingsOfDocument, type SettingsOfQuery } from '../api/generated/graphql.ts';
import { takeFile } from '../state/source.ts';
import { createStore } from '../state/store.ts';
import { statesSettings } from './png-texts.ts';

/** Settings that a picture states. */
export type Settings = SettingsOfQuery['settingsOf'];

/** A picture that carries settings, and waits for a person to say what is wanted of it. */
export interface Offered {
  readonly file: Blob;
  readonly name: string;
  readonly settings: Settings;
}

export const offered = createStore<Offered | null>(null);

/** Takes a picture that a person gives; one that carries settings is asked about first. */
export function offerPicture(file: Blob, name: string): void {
  void consider(file, name);
}

async function consider(file: Blob, name: string): Promise<void> {
  if (await statesSettings(file)) {
    const answer = await request(SettingsOfDocument, { image: file, imageUrl: null }).catch(() => undefined);
    if (answer?.settingsOf.tool != null) {
      offered.set({ file, name, settings: answer.settingsOf });
      return;
    }
  }
  await takeFile(file, name);
}
