/** All scenarios of the demo. */
import { anthropicScenarios } from './anthropic.ts';
import { cerebrasScenarios } from './cerebras.ts';
import { cohereScenarios } from './cohere.ts';
import { geminiScenarios } from './gemini.ts';
import { groqScenarios } from './groq.ts';
import { openaiScenarios } from './openai.ts';
import { openrouterScenarios } from './openrouter.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [
  ...openaiScenarios,
  ...anthropicScenarios,
  ...geminiScenarios,
  ...groqScenarios,
  ...cerebrasScenarios,
  ...cohereScenarios,
  ...openrouterScenarios,
];

/** @throws Error where no scenario has this name: a typing error in a service. */
export function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`No demo scenario is called "${name}"; see src/demo/scenarios/.`);
  return scenario;
}
