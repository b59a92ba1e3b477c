import { anthropic } from './anthropic.ts';
import { avian } from './avian.ts';
import { azureInference } from './azure-inference.ts';
import { azureOpenai } from './azure-openai.ts';
import { bedrock } from './bedrock.ts';
import { cerebras } from './cerebras.ts';
import { cloudflareGateway } from './cloudflare-gateway.ts';
import { cohere } from './cohere.ts';
import { crusoe } from './crusoe.ts';
import { deepgram } from './deepgram.ts';
import { deepinfra } from './deepinfra.ts';
import { deepseek } from './deepseek.ts';
import { elevenlabs } from './elevenlabs.ts';
import { fireworks } from './fireworks.ts';
import { gemini } from './gemini.ts';
import { githubModels } from './github-models.ts';
import { googleTextToSpeech } from './google-text-to-speech.ts';
import { groq } from './groq.ts';
import { heroku } from './heroku.ts';
import { huggingface } from './huggingface.ts';
import { jina } from './jina.ts';
import { litellm } from './litellm.ts';
import { llamaCpp } from './llama-cpp.ts';
import { lmStudio } from './lm-studio.ts';
import { minimax } from './minimax.ts';
import { mistral } from './mistral.ts';
import { moonshot } from './moonshot.ts';
import { nebius } from './nebius.ts';
import { novita } from './novita.ts';
import { nvidia } from './nvidia.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { openrouter } from './openrouter.ts';
import { perplexity } from './perplexity.ts';
import type { Provider } from './provider.ts';
import { pydanticGateway } from './pydantic-gateway.ts';
import { qwen } from './qwen.ts';
import { replicate } from './replicate.ts';
import { sambanova } from './sambanova.ts';
import { sglang } from './sglang.ts';
import { snowflake } from './snowflake.ts';
import { together } from './together.ts';
import { vercel } from './vercel.ts';
import { vertex } from './vertex.ts';
import { vllm } from './vllm.ts';
import { voyage } from './voyage.ts';
import { writer } from './writer.ts';
import { xai } from './xai.ts';
import { zai } from './zai.ts';

/** All providers, one line each. */
export const providers: readonly Provider[] = [
  openai,
  anthropic,
  gemini,
  googleTextToSpeech,
  groq,
  cerebras,
  cohere,
  openrouter,
  azureOpenai,
  azureInference,
  vertex,
  bedrock,
  mistral,
  deepseek,
  xai,
  together,
  fireworks,
  huggingface,
  perplexity,
  voyage,
  jina,
  zai,
  moonshot,
  qwen,
  minimax,
  nvidia,
  replicate,
  elevenlabs,
  deepgram,
  ollama,
  vllm,
  llamaCpp,
  lmStudio,
  sglang,
  openaiCompatible,
  vercel,
  litellm,
  pydanticGateway,
  cloudflareGateway,
  snowflake,
  heroku,
  crusoe,
  novita,
  nebius,
  deepinfra,
  avian,
  writer,
  githubModels,
  sambanova,
];
