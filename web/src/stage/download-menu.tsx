import { useEffect, useState } from 'react';
import { FORMATS, pictureAddress, type ImageFormat } from '../api/picture-address.ts';
import { useTexts } from '../texts/index.ts';
import { bytesText } from '../ui/bytes.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';

const NAMES: Readonly<Record<ImageFormat, string>> = { PNG: 'PNG', JPEG: 'JPEG', WEBP: 'WebP', AVIF: 'AVIF' };

/** The download menu: one entry per format, with its file size. */
export function DownloadMenu({ sha256, seed }: { readonly sha256: string; readonly seed: string }) {
  const words = useTexts().dock;
  const [isOpen, setOpen] = useState(false);
  const sizes = useSizes(sha256, isOpen);
  return (
    <Menu
      label={words.download}
      className="button strong"
      onToggle={setOpen}
      face={
        <>
          <Icon name="download" /> {words.download}
        </>
      }
    >
      {FORMATS.map((format) => (
        <a
          key={format}
          href={pictureAddress(sha256, format)}
          download={`latentql-${seed}`}
          data-format={format}
        >
          {NAMES[format]} <span className="menu-value">{sizes[format] ?? ''}</span>
        </a>
      ))}
    </Menu>
  );
}

/** File sizes by format, requested when the menu opens: the server encodes on demand. */
function useSizes(sha256: string, isOpen: boolean): Readonly<Partial<Record<ImageFormat, string>>> {
  const [known, setKnown] = useState<{ of: string; sizes: Partial<Record<ImageFormat, string>> }>();
  const sizes = known?.of === sha256 ? known.sizes : undefined;
  const isWanted = isOpen && sizes === undefined;
  useEffect(() => {
    if (!isWanted) return;
    setKnown({ of: sha256, sizes: {} });
    for (const format of FORMATS) {
      void fetch(pictureAddress(sha256, format), { method: 'HEAD' }).then(
        ({ ok, headers }) => {
          const size = Number(headers.get('content-length'));
          if (!ok || size === 0) return;
          setKnown((now) =>
            now?.of === sha256 ? { of: sha256, sizes: { ...now.sizes, [format]: bytesText(size) } } : now,
          );
        },
        () => undefined, // the entry works without its size
      );
    }
  }, [isWanted, sha256]);
  return sizes ?? {};
}
