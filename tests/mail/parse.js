// usage: node parse.js FILE.eml – prints what a mail program makes of it.
import { simpleParser } from 'mailparser';
import { readFileSync } from 'node:fs';

const mail = await simpleParser(readFileSync(process.argv[2]));
console.log(JSON.stringify({
  subject: mail.subject, html: mail.html, text: mail.text, from: mail.from.text, to: mail.to.text, messageId: mail.messageId,
  date: mail.date, attachments: mail.attachments.map(a => ({ name: a.filename, type: a.contentType, text: a.content.toString('utf8') })),
}));
