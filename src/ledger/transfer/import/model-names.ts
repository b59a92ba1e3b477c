/** What ids of models stand for, from a CSV file with the columns id, model and, if known, provider. */
import { openCsv } from './csv-source.ts';
import { SourceError } from './source.ts';

export type ModelNames = ReadonlyMap<string, { readonly model: string; readonly provider: string | null }>;

/** @throws SourceError where the file cannot be read or lacks a column. */
export async function readModelNames(path: string): Promise<ModelNames> {
  const file = await openCsv(path, null);
  for (const column of ['id', 'model']) {
    if (!file.columns.includes(column)) {
      throw new SourceError(`${path} has no column ${column}; --models wants a CSV file with id,model,provider.`);
    }
  }
  const names = new Map<string, { model: string; provider: string | null }>();
  for await (const { place, fields, broken } of file.rows()) {
    const { id, model, provider } = fields;
    if (broken !== undefined || !id || !model) {
      throw new SourceError(`${path}, ${place}: ${broken ?? 'the id or the model is empty'}.`);
    }
    names.set(id.toLowerCase(), { model, provider: provider ?? null });
  }
  return names;
}
