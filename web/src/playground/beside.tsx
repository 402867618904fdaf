import { useEffect, useState } from 'react';
import { forgetKey, giveKey, presentKey } from '../state/key.ts';
import { useStore } from '../state/store.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { isKeyMissing, pictures } from './fetcher.ts';
import { chooseFile, files } from './files.ts';
import type { Picture } from './pictures.ts';

/** The side panel: pictures of the answer, files to upload, and the API key. */
export function Beside({ areKeysAsked }: { readonly areKeysAsked: boolean }) {
  return (
    <>
      {areKeysAsked && <Key />}
      <Pictures />
      <Files />
    </>
  );
}

function Pictures() {
  const shown = useStore(pictures);
  return (
    <section aria-labelledby="pictures">
      <h2 id="pictures">Pictures</h2>
      {shown.length === 0 && <p>Pictures in an answer are shown here. Run Img2Img, then Progress.</p>}
      {shown.map((picture, i) => (
        <figure key={i}>
          <Shown picture={picture} />
          <figcaption>{picture.caption}</figcaption>
        </figure>
      ))}
    </section>
  );
}

/** Sources are private to their owner; an `<img>` cannot send a key, so the picture is fetched. */
function Shown({ picture: { address, caption } }: { readonly picture: Picture }) {
  const key = presentKey();
  const isFetched = key !== null && !address.startsWith('data:');
  const [own, setOwn] = useState<string>();
  useEffect(() => {
    if (!isFetched) return undefined;
    let url: string | undefined;
    let isCurrent = true;
    void fetch(address, { headers: { authorization: `Bearer ${key}` } })
      .then((answer) => answer.blob())
      .then((blob) => {
        if (!isCurrent) return;
        url = URL.createObjectURL(blob);
        setOwn(url);
      });
    return () => {
      isCurrent = false;
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [address, isFetched, key]);
  const source = isFetched ? own : address;
  return source === undefined ? null : <img src={source} alt={caption} />;
}

function Files() {
  const chosen = useStore(files);
  const names = [...chosen.keys()].filter((name) => name !== '');
  return (
    <section aria-labelledby="files">
      <h2 id="files">Files</h2>
      <p>
        Give <code>file:</code> and a name as the value of an <code>Upload</code>.
      </p>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <code>file:{name}</code> <CopyButton text={`file:${name}`} />
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => void chooseFile()}>
        Choose a file
      </button>
    </section>
  );
}

/** The API key, shared by all tabs and the studio. */
function Key() {
  const isMissing = useStore(isKeyMissing);
  const [typed, setTyped] = useState('');
  const present = presentKey();
  return (
    <section aria-labelledby="key">
      <h2 id="key">API key</h2>
      {present !== null && !isMissing ? (
        <p>
          It is sent with every tab.{' '}
          <button type="button" onClick={forgetKey}>
            Forget it
          </button>
        </p>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            giveKey(typed, false);
            location.reload(); // the schema is asked for with it
          }}
        >
          <label htmlFor="key-field">
            {present === null ? 'This server requires an API key.' : 'The server does not accept this key.'}
          </label>
          <input
            id="key-field"
            type="password"
            autoComplete="off"
            required
            value={typed}
            onChange={({ target }) => {
              setTyped(target.value);
            }}
          />
          <button type="submit">Use it in all tabs</button>
        </form>
      )}
    </section>
  );
}
