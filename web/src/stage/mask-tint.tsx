import type { ResizeMode } from '../api/generated/graphql.ts';
import type { Mask } from '../state/source.ts';
import { useTexts } from '../texts/index.ts';

/** CSS size of a mask for each resize mode. */
const SIZES = { CROP: 'cover', FIT: 'contain', STRETCH: '100% 100%' } as const satisfies Record<
  ResizeMode,
  string
>;

/** Tints the masked part of a source. */
export function MaskTint({ mask, resizeMode }: { readonly mask: Mask; readonly resizeMode: ResizeMode }) {
  const texts = useTexts().mask;
  return (
    <div
      className="layer mask-tint"
      role="img"
      aria-label={texts.alt}
      style={{ maskImage: `url("${mask.address}")`, maskSize: SIZES[resizeMode] }}
    />
  );
}
