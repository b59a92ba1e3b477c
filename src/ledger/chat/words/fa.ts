import type { ChatWords } from './chat-words.ts';

export const fa: ChatWords = {
  commands: {
    tokenUsage: 'آمار مصرف توکن و هزینه به تفکیک مدل و روز',
    report: 'گزارش کامل به تفکیک provider',
    session: 'یک جلسه و درخواستهای آن',
    language: 'زبان پاسخها',
    help: 'همین راهنما',
  },
  helpTitle: 'هزینه درخواستهای AI. دستورها:',
  days: '[تعداد_روز]',
  sessionId: 'شناسه',
  wrongDays: (given) => `${given} تعداد روز نیست. یک عدد صحیح از 1 تا 36500 بنویسید، یا هیچ برای 30 روز.`,
  noSuchSession: (id) => `جلسه ${id} وجود ندارد.`,
  sessionMissing: 'کدام جلسه؟ شناسه آن را بنویسید.',
  wrongLanguage: 'یکی از en، fa، ar را بنویسید، یا auto برای زبان تلگرام شما.',
  languageSet: (language) => (language === null ? 'به زبان تلگرام شما پاسخ میدهم.' : 'از این پس به فارسی پاسخ میدهم.'),
  strangers: (id) => `این ربات فقط به مدیران پاسخ میدهد. شناسه تلگرام شما ${id} است.`,
  privateOnly: 'این را فقط در چت خصوصی میگویم، چون دیگران اینجا را میخوانند.',
  failed: 'پایگاه داده اکنون پاسخ نمیدهد. یک دقیقه دیگر دوباره بپرسید.',
  usd: 'دلار',
  session: {
    title: (id) => `جلسه ${id}`,
    active: 'فعال',
    ended: 'پایانیافته',
    start: 'شروع',
    lastUpdate: 'آخرین بهروزرسانی',
    latest: 'آخرین درخواستها',
  },
};
