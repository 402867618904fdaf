import { useEffect, useRef, useState } from 'react';

/** An element's width on screen, as it changes. */
export function useWidth<Element extends HTMLElement>() {
  const element = useRef<Element>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      setWidth(entry?.contentRect.width ?? 0);
    });
    observer.observe(element.current);
    return () => {
      observer.disconnect();
    };
  }, []);
  return { element, width };
}
