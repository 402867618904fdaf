import { request } from '../api/client.ts';
import { SettingsOfDocument, type SettingsOfQuery } from '../api/generated/graphql.ts';
import { takeFile } from '../state/source.ts';
import { createStore } from '../state/store.ts';
import { statesSettings } from './png-texts.ts';

/** The settings in a picture's file. */
export type Settings = SettingsOfQuery['settingsOf'];

/** A picture with settings, about which the user is asked. */
export interface Offered {
  readonly file: Blob;
  readonly name: string;
  readonly settings: Settings;
}

export const offered = createStore<Offered | null>(null);

/** Takes a picture from the user; asks first if it contains settings. */
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
