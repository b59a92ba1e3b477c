import { describe, expect, it } from 'vitest';
import * as yaml from 'yaml';
import { PriceTableError } from './table-schema.ts';
import { parsePriceText } from './table-text.ts';

const TABLE = { prices: [{ model: 'our-llama', usd_per_million_tokens: { input: 1.5, output: 6 } }] };

function messageFor(name: string, text: string): string {
  try {
    parsePriceText(text, { name, yaml });
  } catch (error) {
    if (error instanceof PriceTableError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('the text of a price table', () => {
  it('is YAML, or JSON with spaces or tabs, and its name is the file’s unless it has one', () => {
    const fromYaml = parsePriceText(yaml.stringify(TABLE), { name: 'prices.yaml', yaml });
    expect(fromYaml).toMatchObject({ name: 'prices.yaml', prices: [{ model: 'our-llama' }] });
    for (const indent of ['  ', '\t']) {
      const text = JSON.stringify({ name: 'acme', ...TABLE }, null, indent);
      expect(parsePriceText(text, { name: 'prices.json', yaml })).toEqual({ ...fromYaml, name: 'acme' });
    }
  });

  it('is refused with the lines of what is wrong, in both forms', () => {
    expect(messageFor('p.yaml', 'prices:\n  - model: a\n    usd_per:\n      picture: 1\n')).toContain(
      'line 4: prices[0].usd_per.picture is no known key',
    );
    for (const indent of ['  ', '\t']) {
      const text = JSON.stringify({ prices: [{ model: 'a', usd_per: { picture: 1 } }] }, null, indent);
      expect(messageFor('p.json', text)).toContain('line 6: prices[0].usd_per.picture is no known key');
    }
  });

  it('is refused with the line where it is not YAML or JSON at all', () => {
    expect(messageFor('p.yaml', 'prices:\n  - model: a\n   usd_per: 3\n')).toMatch(
      /line 3: the table is not valid YAML/,
    );
    expect(messageFor('p.json', '{\n  "prices": [\n    oops\n  ]\n}')).toMatch(
      /line 3: prices\[0\] is "oops"; it must have the keys/,
    );
    expect(messageFor('p.yaml', '')).toContain('the table is empty');
  });

  it('does not grow by aliases of aliases', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'] as const) {
      bomb.push(`${name}: &${name} [${Array<string>(10).fill(`*${of}`).join(', ')}]`);
    }
    expect(messageFor('p.yaml', bomb.join('\n'))).toContain('is not valid YAML');
  });
});
