// A provider of OpenID Connect on loopback. It is told its client and its
// persons as JSON in the first argument, and prints its issuer when it listens.
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'

const { modules, redirect, persons, claims, client, secret } = JSON.parse(process.argv[2])
const require = createRequire(modules + '/package.json')
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')))

const server = createServer((req, res) => handle(req, res))
let handle = (req, res) => res.writeHead(503).end()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect] }],
    claims: { openid: ['sub'], nemlogin: claims },
    scopes: ['openid', 'nemlogin'],
    pkce: { required: () => true },
    cookies: { keys: ['only a test'] },
    findAccount: (ctx, sub) => persons[sub] && { accountId: sub, claims: () => ({ sub, ...persons[sub] }) },
  })
  handle = provider.callback()
  console.log(issuer)
})
process.stdin.on('end', () => process.exit()).resume()
