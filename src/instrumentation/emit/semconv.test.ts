import { RECORD_ATTRIBUTES } from '@wiretally/usage';
import { describe, expect, test } from 'vitest';
import {
  CONVENTION_ATTRIBUTES,
  CONVENTION_EVENTS,
  CONVENTION_METRICS,
  V141_ATTRIBUTES,
  V141_METRICS,
} from './conventions.fixture.ts';
import { INSTRUMENTS } from './instruments.ts';
import { PRODUCED } from './output-chunks.ts';
import { ATTR, CACHE_WRITE_ATTR, CONTENT_ATTR, CONTENT_EVENT, METRIC, USAGE_ATTR } from './semconv.ts';

describe('names', () => {
  test('of the conventions’ metrics, their kinds and units are those of the commit', () => {
    const conventional = [...INSTRUMENTS.filter(({ scheme }) => scheme !== 'own'), ...PRODUCED];
    const ours = Object.fromEntries(conventional.map(({ name, kind, unit }) => [name, { kind, unit }]));
    expect(ours).toEqual({ ...V141_METRICS, ...CONVENTION_METRICS });
  });

  test('of gen_ai attributes are the conventions’ own', () => {
    const known = new Set([...CONVENTION_ATTRIBUTES, ...V141_ATTRIBUTES]);
    const ours = [
      ...Object.values(ATTR),
      ...Object.values(USAGE_ATTR),
      ...Object.values(CACHE_WRITE_ATTR),
      ...Object.values(CONTENT_ATTR),
      ...RECORD_ATTRIBUTES.map(({ attribute }) => attribute),
    ];
    expect(ours.filter((name) => name.startsWith('gen_ai.') && !known.has(name))).toEqual([]);
    expect(CONVENTION_EVENTS).toContain(CONTENT_EVENT);
  });

  test('of ours stand in one namespace', () => {
    const own = INSTRUMENTS.filter(({ scheme }) => scheme === 'own').map(({ name }) => name);
    expect(own.filter((name) => !name.startsWith('wiretally.'))).toEqual([]);
  });

  test('that are defined are used, and the other way round', () => {
    const observed = Object.values(METRIC).filter((name) => name.startsWith('wiretally.capture.'));
    const used = [...INSTRUMENTS, ...PRODUCED].map(({ name }) => name).concat(observed);
    expect(used.toSorted()).toEqual(Object.values(METRIC).toSorted());
  });
});
