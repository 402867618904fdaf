import type { ResizeMode } from '../api/generated/graphql.ts';
import type { Mask } from '../state/source.ts';
import { useTexts } from '../texts/index.ts';

/** How a mask is fitted over its source. */
const SIZES = { CROP: 'cover', FIT: 'contain', STRETCH: '100% 100%' } as const satisfies Record<
  ResizeMode,
  string
>;

/** The part of a source that is repainted, tinted. */
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
