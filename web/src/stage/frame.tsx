import type { CSSProperties, ReactNode } from 'react';

/** The place of a picture, as large as fits; it is there before the picture is. The dock below takes its width. */
export const Placed = ({
  width,
  height,
  dock,
  children,
}: {
  readonly width: number;
  readonly height: number;
  readonly dock: ReactNode;
  readonly children: ReactNode;
}) => (
  <div className="placed" style={{ '--ratio': width / height } as CSSProperties}>
    <div className="picture">{children}</div>
    <div className="dock">{dock}</div>
  </div>
);
