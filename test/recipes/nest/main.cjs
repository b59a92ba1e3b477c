/** A NestJS application, as `nest build` leaves it; decorators are called by hand, so that it needs no compiler. */
require('reflect-metadata');
const { Controller, Get, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');

class ChatController {
  async chat() {
    const answer = await fetch(`${process.env.APP_PROVIDER}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-secret' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'a private prompt' }] }),
    });
    return answer.json();
  }
}
const chat = Object.getOwnPropertyDescriptor(ChatController.prototype, 'chat');
Get('chat')(ChatController.prototype, 'chat', chat);
Controller('api')(ChatController);

class AppModule {}
Module({ controllers: [ChatController] })(AppModule);

async function main() {
  const app = await NestFactory.create(AppModule, { logger: false });
  // Nest then closes the application at SIGTERM and raises the signal again; what waits is flushed meanwhile.
  app.enableShutdownHooks();
  await app.listen(Number(process.env.PORT), '127.0.0.1');
  console.log('ready');
}
void main();
