import type { StoredPicture } from '../state/chosen.ts';
import { askForKey, presentKey } from '../state/key.ts';
import { createStore } from '../state/store.ts';
import { presentTexts } from '../texts/index.ts';
import { ENDPOINT, extensionsFor } from './client.ts';
import { UploadImageDocument, type UploadImageMutation } from './generated/graphql.ts';

type UserError = UploadImageMutation['uploadImage']['userErrors'][number];

/** Why a picture was not taken. */
export class UploadError extends Error {
  readonly userErrors: readonly UserError[];

  constructor(message: string, userErrors: readonly UserError[] = []) {
    super(message);
    this.userErrors = userErrors;
  }
}

/** Upload progress in per cent; null while nothing is uploading. */
export const uploaded = createStore<number | null>(null);

/** Uploads by their file; a failed one is repeated when it is next needed. */
const uploads = new WeakMap<Blob, Promise<StoredPicture>>();

/** The stored picture of a file, uploaded once. Rejects with UploadError. */
export function storedPicture(file: Blob): Promise<StoredPicture> {
  const known = uploads.get(file);
  if (known) return known;
  const picture = send(file);
  uploads.set(file, picture);
  picture.catch(() => uploads.delete(file));
  return picture;
}

/** The id of the stored picture, uploaded once. Rejects with UploadError. */
export const uploadOf = async (file: Blob): Promise<string> => (await storedPicture(file)).id;

/** Uploads a picture again when it is next needed: the server removes one that no job used for a day. */
export const forgetUpload = (file: Blob): void => {
  uploads.delete(file);
};

async function send(file: Blob): Promise<StoredPicture> {
  try {
    for (;;) {
      const { status, text } = await post(file);
      if (status !== 401) return pictureIn(text);
      await askForKey();
    }
  } finally {
    uploaded.set(null);
  }
}

/** A GraphQL multipart request. XMLHttpRequest, because `fetch` reports no upload progress. */
function post(file: Blob): Promise<{ status: number; text: string }> {
  const form = new FormData();
  const extensions = extensionsFor(UploadImageDocument);
  const operation = {
    ...(extensions ? { extensions } : { query: UploadImageDocument.toString() }),
    variables: { file: null },
  };
  form.append('operations', JSON.stringify(operation));
  form.append('map', JSON.stringify({ file: ['variables.file'] }));
  form.append('file', file, 'source');
  const key = presentKey();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', ENDPOINT);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('GraphQL-Preflight', '1');
    if (key !== null) request.setRequestHeader('Authorization', `Bearer ${key}`);
    request.upload.onprogress = ({ loaded, total }) => {
      uploaded.set(Math.floor((100 * loaded) / total));
    };
    request.onload = () => {
      resolve({ status: request.status, text: request.responseText });
    };
    request.onerror = () => {
      reject(new UploadError(presentTexts().connection.noAnswer));
    };
    request.send(form);
  });
}

function pictureIn(text: string): StoredPicture {
  let answer: { data?: UploadImageMutation | null; errors?: readonly { message: string }[] };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    throw new UploadError(text.slice(0, 200)); // a proxy's page
  }
  const { image, userErrors = [] } = answer.data?.uploadImage ?? {};
  if (image) return image;
  const message = userErrors[0]?.message ?? answer.errors?.[0]?.message ?? '';
  throw new UploadError(message, userErrors);
}
