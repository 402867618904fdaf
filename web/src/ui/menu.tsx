import { useEffect, useRef, useState, type ReactNode } from 'react';

/** A menu button; the menu closes on Escape, on a choice and on a press elsewhere. */
export function Menu({
  label,
  face,
  className = '',
  side = 'end',
  onToggle,
  children,
}: {
  readonly label: string;
  readonly face: ReactNode;
  readonly className?: string;
  readonly side?: 'start' | 'end';
  readonly onToggle?: (isOpen: boolean) => void;
  readonly children: ReactNode;
}) {
  const details = useRef<HTMLDetailsElement>(null);
  const [isBelow, setBelow] = useState(false);
  useEffect(() => {
    const close = () => {
      if (details.current) details.current.open = false;
    };
    const onPress = (event: PointerEvent) => {
      if (!details.current?.contains(event.target as Node)) close();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || details.current?.open !== true) return;
      event.stopPropagation();
      close();
      details.current.querySelector('summary')?.focus();
    };
    const element = details.current;
    document.addEventListener('pointerdown', onPress);
    element?.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', onPress);
      element?.removeEventListener('keydown', onKey);
    };
  }, []);
  return (
    <details
      ref={details}
      className={`menu menu-${side} ${isBelow ? 'menu-below' : ''}`}
      onToggle={({ currentTarget }) => {
        setBelow(currentTarget.open && hasNoRoomAbove(currentTarget));
        onToggle?.(currentTarget.open);
      }}
    >
      <summary className={className} aria-label={label} title={label}>
        {face}
      </summary>
      <div
        className="menu-list"
        onClick={(event) => {
          const isChoice = (event.target as Element).closest('button, a') !== null;
          if (isChoice && details.current) details.current.open = false;
        }}
      >
        {children}
      </div>
    </details>
  );
}

/** Whether an open menu is higher than the room above its button, and there is more below. */
function hasNoRoomAbove(menu: HTMLDetailsElement): boolean {
  const { top, bottom } = menu.getBoundingClientRect();
  const height = menu.querySelector('.menu-list')?.clientHeight ?? 0;
  return top < height && innerHeight - bottom > top;
}
