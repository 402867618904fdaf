import type { CSSProperties, ReactNode } from 'react';

/** A frame of the final size, there before the picture is, with the dock below. */
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
