/** The table `ai_request_logs` of real data tracking: every attempt, with its success and time, without a cost. */
import { importedCall } from '../imported-call.ts';
import type { ModelNames } from '../model-names.ts';
import { usageWithZeroDefaults } from './format.ts';
import type { ImportFormat } from './format.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @param names what its `model_id` stands for: the table itself has ids of its application's own table of models */
export function aiRequestLogs(names: ModelNames): ImportFormat {
  return {
    name: 'ai-request-logs',
    summary: "real data tracking's table ai_request_logs in a PostgreSQL",
    table: 'ai_request_logs',
    columns: [
      'id',
      'model_id',
      'user_id',
      'request_tokens',
      'response_tokens',
      'total_tokens',
      'response_time_ms',
      'success',
      'error_message',
      'created_at',
    ],
    required: ['id', 'model_id', 'created_at'],
    provider: null,
    understand(row) {
      const id = row.text('model_id');
      const named = id === null ? undefined : names.get(id.toLowerCase());
      if (id !== null && named === undefined && UUID.test(id)) {
        row.remark('model_id has no name, so the call has no price: --models FILE gives names');
      }
      const success = row.flag('success') ?? true;
      return importedCall({
        key: row.key('id'),
        timeUnixMicros: row.requiredTime('created_at'),
        provider: named?.provider ?? null,
        model: named?.model ?? id,
        ...usageWithZeroDefaults(row, {
          input: 'request_tokens',
          output: 'response_tokens',
          total: 'total_tokens',
          cost: null,
        }),
        user: row.text('user_id'),
        success,
        errorMessage: success ? null : row.text('error_message'),
        durationMs: row.amount('response_time_ms'),
      });
    },
  };
}
