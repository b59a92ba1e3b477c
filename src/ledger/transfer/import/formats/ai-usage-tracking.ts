/** The hybrid tracker's table `ai_usage_tracking`. It has no sign of failure: each row counts as a call that went well. */
import { importedCall } from '../imported-call.ts';
import { usageWithZeroDefaults } from './format.ts';
import type { ImportFormat } from './format.ts';

export const aiUsageTracking: ImportFormat = {
  name: 'ai-usage-tracking',
  summary: "the hybrid tracker's table ai_usage_tracking in a PostgreSQL",
  table: 'ai_usage_tracking',
  columns: [
    'id',
    'provider',
    'user_id',
    'chat_id',
    'model',
    'prompt_tokens',
    'completion_tokens',
    'total_tokens',
    'cost_estimate',
    'created_at',
  ],
  required: ['id', 'provider', 'created_at'],
  provider: null,
  understand: (row) =>
    importedCall({
      key: row.key('id'),
      timeUnixMicros: row.requiredTime('created_at'),
      provider: row.text('provider'),
      model: row.text('model'),
      ...usageWithZeroDefaults(row, {
        input: 'prompt_tokens',
        output: 'completion_tokens',
        total: 'total_tokens',
        cost: 'cost_estimate',
      }),
      user: row.text('user_id'),
      chat: row.text('chat_id'),
    }),
};
