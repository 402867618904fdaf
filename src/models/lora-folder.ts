/** Folders whose files are LoRAs, in lower case. */
const FOLDERS = new Set(['lora', 'loras', 'lycoris']);

/** Whether a file lies in a folder for LoRAs. */
export const isInLoraFolder = (file: string): boolean =>
  file
    .split('/')
    .slice(0, -1)
    .some((folder) => FOLDERS.has(folder.toLowerCase()));
