import { useEffect, useState } from 'react';
import { useTexts } from '../texts/index.ts';
import { offerPicture } from './offered.ts';

/** Accepts pictures that are dropped anywhere or pasted, with a hint while dragging. */
export function DropAnywhere() {
  const texts = useTexts();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const hasFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true;
    /** Some elements handle drops themselves. */
    const isOwnPlace = ({ target }: DragEvent) =>
      target instanceof Element && target.closest('[data-drop]') !== null;
    const onOver = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(!isOwnPlace(event));
    };
    const onLeave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(false);
      if (isOwnPlace(event)) return;
      const [file] = event.dataTransfer?.files ?? [];
      if (file) offerPicture(file, file.name);
    };
    const onPaste = ({ clipboardData }: ClipboardEvent) => {
      const file = [...(clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
      if (file) offerPicture(file, file.name || texts.source.pastedName);
    };
    document.addEventListener('dragover', onOver);
    document.addEventListener('dragleave', onLeave);
    document.addEventListener('drop', onDrop);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('dragover', onOver);
      document.removeEventListener('dragleave', onLeave);
      document.removeEventListener('drop', onDrop);
      document.removeEventListener('paste', onPaste);
    };
  }, [texts]);
  return isOver ? <div className="drop-anywhere">{texts.empty.dropAnywhere}</div> : null;
}
