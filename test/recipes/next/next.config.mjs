export default {
  // Loaded by Node as it is installed, not put into Next's bundle.
  serverExternalPackages: ['@wiretally/instrumentation'],
};
