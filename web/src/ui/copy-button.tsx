import { useState } from 'react';
import { useTexts } from '../texts/index.ts';
import { copyText } from './copy.ts';

/** A button that copies a text and confirms it. */
export function CopyButton({ text }: { readonly text: string }) {
  const words = useTexts().model;
  const [isCopied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className="link"
      onClick={() => {
        void copyText(text).then(setCopied);
      }}
    >
      {isCopied ? words.copied : words.copy}
    </button>
  );
}
