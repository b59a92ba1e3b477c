/** One file of webpack's, with the names in it shortened. */
import { request } from 'node:http';

async function byFetch(url, options) {
  await (await fetch(url, options)).text();
}

function byHttp(url, { body, ...options }) {
  return new Promise((resolve, reject) => {
    request(url, options, (answer) => answer.resume().on('end', resolve))
      .on('error', reject)
      .end(body);
  });
}

const url = `${process.env.APP_PROVIDER}/v1/chat/completions`;
const options = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-4o-mini', messages: [] }),
};
await byFetch(url, options);
await byHttp(url, options);
