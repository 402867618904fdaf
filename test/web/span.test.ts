import { expect, it } from 'vitest';
import { spanText } from '../../web/src/ui/span.ts';

it('tells a span of time in the largest unit that measures it exactly', () => {
  const spans = [604_800, 86_400, 43_200, 129_600, 5400, 90].map((seconds) => spanText(seconds, 'en'));
  expect(spans).toEqual(['7 days', '1 day', '12 hours', '36 hours', '90 minutes', '90 seconds']);
  expect(spanText(604_800, 'zh')).toBe('7天');
});
