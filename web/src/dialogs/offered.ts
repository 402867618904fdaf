import { takeFile } from '../state/source.ts';

/** Takes a picture that a person gives. */
export function offerPicture(file: Blob, name: string): void {
  void takeFile(file, name);
}
