import { openaiOperations } from '../dialects/openai-operations.ts';
import { defineProvider } from '../reader/define-provider.ts';
import { azureLimits, refineAzure } from './azure-openai.ts';
import type { Provider } from './provider.ts';

/** The model inference API of Azure AI Foundry: models of many vendors in OpenAI's shape. */
export const azureInference = defineProvider({
  name: 'azure.ai.inference',
  shortName: 'azure-inference',
  displayName: 'Azure AI Inference',
  hosts: ['*.services.ai.azure.com/models', '*.inference.ai.azure.com', '*.models.ai.azure.com'],
  report: { status: 'green', note: 'usage is in each answer', link: 'https://ai.azure.com' },
  operations: openaiOperations(),
  requestIdHeaders: ['apim-request-id', 'x-request-id', 'x-ms-client-request-id'],
  limits: azureLimits(),
  refine: refineAzure,
}) satisfies Provider;
