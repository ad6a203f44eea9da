// usage: node server.js CERT.pem KEY.pem OUT.ndjson
// A mail server on loopback that insists on STARTTLS before AUTH and on AUTH before MAIL. Prints its port, then writes one line of
// JSON for every mail it accepts: as a receiver's mail program would understand it.
import { SMTPServer } from 'smtp-server';
import { simpleParser } from 'mailparser';
import { appendFileSync, readFileSync } from 'node:fs';

const [cert, key, out] = process.argv.slice(2);
const server = new SMTPServer({
  cert: readFileSync(cert),
  key: readFileSync(key),
  authMethods: ['PLAIN', 'LOGIN'],
  allowInsecureAuth: false,
  authOptional: false,
  onAuth: (auth, session, done) =>
    auth.username === 'mailer' && auth.password === 's3cret' ? done(null, { user: auth.username }) : done(new Error('no such account')),
  onRcptTo: (address, session, done) => {
    if (address.address.startsWith('nobody@')) return done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
    if (address.address.startsWith('busy@')) return done(Object.assign(new Error('try again later'), { responseCode: 451 }));
    return done();
  },
  onData: (stream, session, done) =>
    simpleParser(stream).then(mail => {
      appendFileSync(out, JSON.stringify({
        subject: mail.subject, html: mail.html, text: mail.text, from: mail.from.text, to: mail.to.text, messageId: mail.messageId,
        types: mail.headerLines.filter(h => h.key === 'content-type').map(h => h.line),
        kind: mail.headers.get('x-campaignflow-kind'),
        attachments: mail.attachments.map(a => ({ name: a.filename, type: a.contentType, text: a.content.toString('utf8') })),
        secure: session.secure, user: session.user,
      }) + '\n');
      done();
    }, done),
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => console.log(server.server.address().port));
// The test host's end is the server's end.
process.stdin.on('end', () => process.exit(0)).resume();
