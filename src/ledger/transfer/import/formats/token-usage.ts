/** The table `token_usage` of a token tracker's SQLite file (`data/token_usage.db`), or of our own export. */
import { importedCall } from '../imported-call.ts';
import { usageWithZeroDefaults } from './format.ts';
import type { ImportFormat } from './format.ts';

export const tokenUsage: ImportFormat = {
  name: 'token-usage',
  summary: "the token tracker's SQLite file, data/token_usage.db",
  table: 'token_usage',
  columns: [
    'id',
    'timestamp',
    'model',
    'input_tokens',
    'output_tokens',
    'total_tokens',
    'estimated_cost',
    'user_id',
    'session_id',
  ],
  required: ['id', 'timestamp', 'model', 'input_tokens', 'output_tokens'],
  // It tracked OpenAI alone.
  provider: 'openai',
  understand: (row) =>
    importedCall({
      key: row.key('id'),
      timeUnixMicros: row.requiredTime('timestamp'),
      model: row.text('model'),
      ...usageWithZeroDefaults(row, {
        input: 'input_tokens',
        output: 'output_tokens',
        total: 'total_tokens',
        cost: 'estimated_cost',
      }),
      user: row.text('user_id'),
      session: row.text('session_id'),
    }),
};
