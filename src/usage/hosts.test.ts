import { describe, expect, it } from 'vitest';
import { createHostMap, defaultHosts } from './hosts.ts';

const name = (host: string, path = '/', hosts = defaultHosts) => hosts.lookup(host)?.provider(path)?.name;

describe('known hosts', () => {
  it('are exact or have variable parts', () => {
    expect(name('api.openai.com')).toBe('openai');
    expect(name('eu.api.openai.com')).toBe('openai');
    expect(name('generativelanguage.googleapis.com')).toBe('gcp.gemini');
    expect(name('my-resource.openai.azure.com')).toBe('azure.ai.openai');
    expect(name('bedrock-runtime.us-east-1.amazonaws.com')).toBe('aws.bedrock');
    expect(name('bedrock-mantle.us-east-1.api.aws')).toBe('aws.bedrock');
    expect(name('europe-west4-aiplatform.googleapis.com')).toBe('gcp.vertex_ai');
    expect(name('aiplatform.googleapis.com')).toBe('gcp.vertex_ai');
    expect(name('aiplatform.eu.rep.googleapis.com')).toBe('gcp.vertex_ai');
    expect(name('us-texttospeech.googleapis.com')).toBe('gcp.text_to_speech');
    expect(name('localhost:11434')).toBe('ollama');
  });

  it('are nobody else’s', () => {
    for (const host of [
      'openai.com',
      'api.openai.com.evil.example',
      'notapi.openai.com.example',
      'storage.googleapis.com',
      '-aiplatform.googleapis.com',
      's3.us-east-1.amazonaws.com',
      'bedrock-runtime..amazonaws.com',
      'localhost:3000',
      'localhost',
      '',
    ])
      expect(defaultHosts.lookup(host)).toBeUndefined();
  });

  it('may be AI’s below some paths only', () => {
    expect(name('acme.snowflakecomputing.com', '/api/v2/cortex/v1/chat/completions')).toBe('snowflake');
    expect(name('acme.snowflakecomputing.com', '/api/v2/statements')).toBeUndefined();
    expect(name('openrouter.ai', '/models')).toBeUndefined();
  });

  it('may serve two providers by path', () => {
    expect(name('r.services.ai.azure.com', '/models/chat/completions')).toBe('azure.ai.inference');
    expect(name('r.services.ai.azure.com', '/openai/v1/responses')).toBe('azure.ai.openai');
  });

  it('are remembered, misses too, in bounded memory', () => {
    const hosts = createHostMap();
    const first = hosts.lookup('api.openai.com');
    for (let host = 0; host < 10_000; host++) expect(hosts.lookup(`h${host}.example`)).toBeUndefined();
    expect(hosts.lookup('api.openai.com')?.provider('/')).toBe(first?.provider('/'));
  });
});

describe('mapped hosts', () => {
  const hosts = createHostMap({
    hosts: {
      'llm.internal:8000': 'openai',
      'proxy.internal/groq': 'groq',
      'proxy.internal/groq/eu': 'Mistral_AI',
      'https://Gateway.internal/': 'gcp.gemini',
      '*.vllm.internal': 'vllm',
      'api.anthropic.com/beta': 'openai',
    },
    deny: ['api.openai.com', '*.blocked.internal'],
  });

  it('take OpenTelemetry’s names and the short ones', () => {
    expect(name('llm.internal:8000', '/', hosts)).toBe('openai');
    expect(name('gateway.internal', '/', hosts)).toBe('gcp.gemini');
    expect(name('a.vllm.internal', '/', hosts)).toBe('vllm');
  });

  it('with a port are that port’s, without one all ports’', () => {
    expect(name('llm.internal:8001', '/', hosts)).toBeUndefined();
    expect(name('llm.internal', '/', hosts)).toBeUndefined();
    expect(name('gateway.internal:9443', '/', hosts)).toBe('gcp.gemini');
  });

  it('with paths are theirs alone, and the longest wins', () => {
    expect(name('proxy.internal', '/groq/openai/v1/chat/completions', hosts)).toBe('groq');
    expect(name('proxy.internal', '/groq', hosts)).toBe('groq');
    expect(name('proxy.internal', '/groq/eu/v1', hosts)).toBe('mistral_ai');
    expect(name('proxy.internal', '/groqqy', hosts)).toBeUndefined();
    expect(name('proxy.internal', '/', hosts)).toBeUndefined();
  });

  it('come before the known ones and leave them the other paths', () => {
    expect(name('api.anthropic.com', '/beta/chat/completions', hosts)).toBe('openai');
    expect(name('api.anthropic.com', '/v1/messages', hosts)).toBe('anthropic');
  });

  it('that are denied are never observed', () => {
    expect(hosts.lookup('api.openai.com')).toBeUndefined();
    expect(
      createHostMap({ hosts: { 'x.blocked.internal': 'openai' }, deny: ['*.blocked.internal'] }).lookup(
        'x.blocked.internal',
      ),
    ).toBeUndefined();
  });

  it('that name nobody are refused with the names there are', () => {
    expect(() => createHostMap({ hosts: { 'llm.internal': 'openia' } })).toThrow(
      /"llm\.internal=openia" names a provider that is not known; use one of: openai, anthropic, gemini/,
    );
  });
});
