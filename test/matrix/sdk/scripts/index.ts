/** All SDKs. */
import type { Script } from '../steps.ts';
import { frameworksScripts } from './frameworks.ts';
import { hostsScripts } from './hosts.ts';
import { makersScripts } from './makers.ts';
import { openaiLikeScripts } from './openai-like.ts';

const scripts: Readonly<Record<string, Script>> = {
  ...openaiLikeScripts,
  ...makersScripts,
  ...frameworksScripts,
  ...hostsScripts,
};

export const SDKS: readonly string[] = Object.keys(scripts);

export function scriptNamed(name: string): Script {
  const script = scripts[name];
  if (script === undefined) throw new Error(`No SDK is called "${name}". There are: ${SDKS.join(', ')}.`);
  return script;
}
