import { Suspense, useEffect, useRef, useState } from 'react';
import { uploaded } from '../api/upload.ts';
import { offerPicture } from '../dialogs/offered.ts';
import { change, form } from '../state/form.ts';
import { server } from '../state/resources.ts';
import { removeSource, source, sourceFault, takeExample, takeFile, type Source } from '../state/source.ts';
import { useStore } from '../state/store.ts';
import { useTexts, type Texts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { lazyPart } from '../ui/lazy-part.ts';
import { RadioRow } from '../ui/radio-row.tsx';
import { Errors, useErrors } from './field.tsx';
import { MaskCard } from './mask-card.tsx';
import { cutTo, type Size } from './size.ts';
import { clearErrors } from './submit.ts';

const CropDialog = lazyPart(() => import('../dialogs/crop-dialog.tsx'));

/** The fields of a request that are about its source. */
export const SOURCE_FIELDS = ['image', 'imageId', 'imageUrl', 'resizeMode'];

/** The source picture with its actions. */
export function SourceCard({ size }: { readonly size: Size }) {
  const texts = useTexts();
  const present = useStore(source);
  const { resizeMode } = useStore(form);
  const chooser = useRef<HTMLInputElement>(null);
  const [isCropping, setCropping] = useState(false);
  const sent = useSlowUpload();
  const errors = useErrors(SOURCE_FIELDS);
  const choose = () => chooser.current?.click();
  const isOdd = present !== null && cutTo(present, size) !== null;
  return (
    <div className="field" role="group" aria-labelledby="source-label" aria-describedby="source-errors">
      <div className="field-head">
        <span className="label" id="source-label">
          {texts.source.title}
        </span>
      </div>
      <div className="source">
        {present ? (
          <img
            className="source-picture"
            src={present.address}
            width="56"
            height="56"
            alt={texts.source.alt(present.name)}
          />
        ) : (
          <span className="source-picture source-none" />
        )}
        <div className="source-facts">
          <p className="source-name">{present?.name ?? texts.source.none}</p>
          <p className="note">
            {sent !== null && texts.source.uploading(sent)}
            {sent === null && (present ? fateOf(present, size, resizeMode, texts) : texts.source.noneNote)}
          </p>
          <p className="links">
            <button
              type="button"
              className="link"
              id="source"
              data-invalid={errors.length > 0 || undefined}
              onClick={choose}
            >
              {present ? texts.source.replace : texts.source.choose}
            </button>
            {present ? (
              <>
                <button
                  type="button"
                  className="link"
                  onClick={() => {
                    setCropping(true);
                  }}
                >
                  {texts.source.crop}
                </button>
                <button
                  type="button"
                  className="link"
                  onClick={() => {
                    clearErrors(...SOURCE_FIELDS);
                    removeSource();
                  }}
                >
                  {texts.source.remove}
                </button>
              </>
            ) : (
              <button
                type="button"
                className="link"
                onClick={() => void takeExample(texts.source.exampleName, texts.prompt.placeholder)}
              >
                {texts.source.useExample}
              </button>
            )}
          </p>
        </div>
      </div>
      <input
        ref={chooser}
        id="source-file"
        type="file"
        accept="image/*"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) offerPicture(file, file.name);
          target.value = '';
        }}
      />
      {isOdd && (
        <RadioRow
          name="resizeMode"
          label={texts.source.resizeMode}
          className="segments"
          value={resizeMode}
          onChange={(mode) => {
            clearErrors('resizeMode');
            change({ resizeMode: mode });
          }}
          choices={(['CROP', 'FIT', 'STRETCH'] as const).map((mode) => ({
            value: mode,
            face: texts.source.resizeModes[mode],
          }))}
        />
      )}
      {present && <MaskCard source={present} />}
      <Fault choose={choose} />
      <Errors id="source" errors={errors}>
        <button type="button" className="link" onClick={choose}>
          {texts.source.another}
        </button>
      </Errors>
      {isCropping && present && (
        <Suspense>
          <CropDialog
            source={present}
            ratio={size.width / size.height}
            onCut={(cut, whole) => {
              setCropping(false);
              void takeFile(cut, present.name, whole);
            }}
            onClose={() => {
              setCropping(false);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

/** Milliseconds after which the progress of an upload is shown. */
const SLOW_AFTER = 1000;

/** Upload progress in per cent, once the upload takes long. */
function useSlowUpload(): number | null {
  const percent = useStore(uploaded);
  const isUnderWay = percent !== null;
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (!isUnderWay) return undefined;
    const wait = setTimeout(() => {
      setSlow(true);
    }, SLOW_AFTER);
    return () => {
      clearTimeout(wait);
      setSlow(false);
    };
  }, [isUnderWay]);
  return isSlow ? percent : null;
}

function Fault({ choose }: { readonly choose: () => void }) {
  const texts = useTexts();
  const fault = useStore(sourceFault);
  const most = useStore(server)?.limits.uploadBytes ?? 0;
  if (!fault) return null;
  const megabytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
  const message =
    fault.fault === 'too-large'
      ? texts.source.tooLarge(megabytes(fault.bytes), megabytes(most))
      : texts.source.unreadable;
  return (
    <p className="error" role="alert">
      <Icon name="warn" /> {message}{' '}
      <button type="button" className="link" onClick={choose}>
        {texts.source.another}
      </button>
    </p>
  );
}

/** How a source is fitted to a size, in words. */
function fateOf(present: Source, size: Size, mode: string, { source: words }: Texts): string {
  const { width, height } = present;
  const cut = cutTo(present, size);
  if (!cut) return words.usedWhole(width, height);
  if (mode === 'CROP') return words.cutTo(width, height, cut.width, cut.height);
  return mode === 'FIT' ? words.padded(width, height) : words.stretched(width, height);
}
