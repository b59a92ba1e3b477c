/** An application's own OpenTelemetry set-up, preloaded before everything else. */
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK();
sdk.start();
process.once('beforeExit', () => void sdk.shutdown());
