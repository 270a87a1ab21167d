"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";

const NEAR = "400px";

/** A place of the final height. What is drawn in it, and the code that draws it, comes when the place is about to be seen. */
export function WhenNear({ height, children }: { height: number; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (!place.current) return;
    const observer = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && setNear(true), {
      rootMargin: NEAR,
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} style={{ height }}>
      {isNear && children}
    </div>
  );
}
