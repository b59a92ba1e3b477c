import type { ChatWords } from './chat-words.ts';

export const ar: ChatWords = {
  commands: {
    tokenUsage: 'استهلاك التوكن والتكلفة حسب النموذج واليوم',
    report: 'تقرير شامل حسب المزود',
    session: 'جلسة واحدة مع عملياتها',
    language: 'لغة الإجابات',
    help: 'هذه المساعدة',
  },
  helpTitle: 'تكلفة عمليات الذكاء الاصطناعي. الأوامر:',
  days: '[عدد_الأيام]',
  sessionId: 'المعرف',
  wrongDays: (given) => `${given} ليس عدد أيام. اكتب عددًا صحيحًا من 1 إلى 36500، أو لا شيء لـ 30 يومًا.`,
  noSuchSession: (id) => `لا توجد جلسة ${id}.`,
  sessionMissing: 'أي جلسة؟ اكتب معرفها.',
  wrongLanguage: 'اكتب en أو fa أو ar، أو auto للغة تيليجرام لديك.',
  languageSet: (language) => (language === null ? 'أجيب بلغة تيليجرام لديك.' : 'سأجيب بالعربية من الآن.'),
  strangers: (id) => `هذا البوت يجيب المديرين فقط. معرفك في تيليجرام هو ${id}.`,
  privateOnly: 'أقول هذا في محادثة خاصة فقط، لأن آخرين يقرؤون هنا.',
  failed: 'قاعدة البيانات لا تجيب الآن. حاول مرة أخرى بعد دقيقة.',
  usd: 'دولار',
  session: {
    title: (id) => `الجلسة ${id}`,
    active: 'نشطة',
    ended: 'منتهية',
    start: 'البداية',
    lastUpdate: 'آخر تحديث',
    latest: 'النشاط الأخير',
  },
};
