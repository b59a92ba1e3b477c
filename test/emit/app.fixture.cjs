/** The same as CommonJS, ending by itself. */
'use strict';

fetch(`${process.env.APP_PROVIDER}/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-4o-mini', messages: [] }),
}).then((response) => response.json());
