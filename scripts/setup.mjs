// Installs the dependencies when they are missing or out of date. Runs before `npm start`, `npm test` and others,
// so it needs nothing but Node 20 itself, and is done in a few milliseconds when there is nothing to do.
//   --servers   also provides nats-server, redis-server, prometheus and alertmanager, for the tests
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.tocsin-setup')
const lockFile = join(root, '.tocsin', 'setup.lock')
const ourNode = join(modules, '.bin', 'node')
const wantedMajor = 24

class SetupError extends Error {}

const say = (line) => process.stdout.write(`tocsin: ${line}\n`)
const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

function wantedStamp() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`
}

/** Installed by hand: npm writes this file last, so that it is newer than the lock file only if all went well. */
function installedByHand() {
  const written = join(modules, '.package-lock.json')
  return existsSync(written) && statSync(written).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
}

function isUpToDate(stamp) {
  if (!existsSync(ourNode)) return false
  if (read(stampFile) === stamp) return true
  if (!installedByHand()) return false
  writeFileSync(stampFile, stamp)
  return true
}

/** Collects a program's output; resolves with it and the exit code, null when it could not be started. */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => resolve({ code: null, output: error.message }))
    child.once('close', (code) => resolve({ code, output }))
  })
}

/** npm as it was called, under the Node it was called with: never under the one that `npm ci` is about to replace. */
function npmCommand() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env
  if (script?.endsWith('.js') && existsSync(script)) {
    return [node && !node.startsWith(modules) ? node : systemProgram('node'), script]
  }
  return [systemProgram('npm')]
}

function systemProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    if (folder.includes('node_modules')) continue
    if (existsSync(join(folder, name))) return join(folder, name)
  }
  throw new SetupError(`${name} is not on PATH: install Node 20 or later with npm, https://nodejs.org`)
}

/** What the outer npm was asked to do does not concern ours: `npm start -w x` must not become `npm ci -w x`. */
function npmEnv() {
  const notOurs =
    /^npm_(lifecycle|package|command)|^npm_config_(workspaces?|include_workspace_root|dry_run|omit|only|production|global|location)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !notOurs.test(name)))
}

const FAULTS = [
  [
    /EACCES|EPERM|EROFS/,
    `npm may not write to ${modules}: make it yours (sudo chown -R "$USER" ${root}) and try again`,
  ],
  [/ENOSPC/, 'the disk is full: free some space and try again'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/,
    'npm cannot reach its registry: check the network (and `npm config get registry proxy`) and try again',
  ],
  [/E401|E403/, 'the npm registry refuses access: check `npm config get registry` and log in'],
  [
    /EINTEGRITY/,
    'a package does not have the checksum that package-lock.json names: run `npm cache verify` and try again',
  ],
]

function explain(output) {
  const fault = FAULTS.find(([pattern]) => pattern.test(output))
  if (fault) return fault[1]
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => !/complete log of this run|debug-\d+\.log/i.test(line))
  return `npm ci failed: ${lines.slice(-12).join('\n  ')}`
}

async function checkNode() {
  const { code, output } = await run(ourNode, ['--version'])
  const major = Number(/^v(\d+)/.exec(output)?.[1] ?? 0)
  if (code === 0 && major >= wantedMajor) return
  throw new SetupError(
    existsSync(ourNode)
      ? `the Node ${wantedMajor} that npm installed does not run here (${output.trim().split('\n')[0]}): install Node ${wantedMajor} from https://nodejs.org`
      : `npm installed no Node ${wantedMajor}, since it was told to ignore install scripts: run \`npm rebuild node --ignore-scripts=false\``,
  )
}

function npm(...words) {
  const [command, ...args] = npmCommand()
  // A NODE_ENV of production would leave out Node 24 itself.
  const flags = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  return run(command, [...args, ...words, ...flags], { env: npmEnv() })
}

async function install(stamp) {
  const started = Date.now()
  say('installing dependencies; the first time this takes a minute …')
  let result = await npm('ci')
  // A lock file written on one platform may lack the optional binaries of the others (npm/cli#4828): `npm ci`
  // refuses it, `npm install` takes what it pins and fills the gap.
  if (/EUSAGE/.test(result.output)) result = await npm('install', '--no-save')
  if (result.code !== 0) throw new SetupError(explain(result.output))
  await checkNode()
  writeFileSync(stampFile, stamp)
  say(`dependencies installed in ${Math.round((Date.now() - started) / 1000)} s`)
}

const LONGEST_SETUP_MS = 15 * 60_000
const LONGEST_WRITE_MS = 5000

/** The owner is gone: dead, or it died before it wrote its pid, or another process has its pid by now. */
function isAbandoned() {
  const age = Date.now() - (statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  const owner = Number(read(lockFile))
  if (!owner) return age > LONGEST_WRITE_MS
  if (age > LONGEST_SETUP_MS) return true
  try {
    process.kill(owner, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

async function tryLock() {
  const mine = `${process.pid}\n`
  if (existsSync(lockFile) && isAbandoned()) rmSync(lockFile, { force: true })
  try {
    writeFileSync(lockFile, mine, { flag: 'wx' })
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  // Two that found the same dead owner may both get here; the file tells who was last.
  await delay(30)
  return read(lockFile) === mine
}

/** Makes of two setups at once one after the other. Returns the function that lets the next one in. */
async function acquireLock() {
  mkdirSync(dirname(lockFile), { recursive: true })
  for (let told = false; !(await tryLock()); told = true) {
    if (!told) say('another setup is at work; waiting for it …')
    await delay(200)
  }
  return () => rmSync(lockFile, { force: true })
}

async function ensureDependencies() {
  const stamp = wantedStamp()
  if (isUpToDate(stamp)) return
  const release = await acquireLock()
  try {
    if (!isUpToDate(stamp)) await install(stamp)
  } finally {
    release()
  }
}

async function ensureServers() {
  const { TESTKIT } = process.env
  if (TESTKIT === 'containers') return
  const main = join(root, 'packages', 'servers', 'scripts', 'provide-servers.ts')
  const names = ['nats', 'redis', 'prometheus', 'alertmanager']
  const { code } = await run(ourNode, [main, ...names], { stdio: 'inherit' })
  if (code !== 0) process.exitCode = 1
}

function oneLine(error) {
  if (error instanceof SetupError) return error.message
  const fault = FAULTS.find(([pattern]) => pattern.test(error.code ?? ''))
  return fault ? fault[1] : `setup failed: ${error.message}`
}

try {
  await ensureDependencies()
  if (process.argv.includes('--servers')) await ensureServers()
} catch (error) {
  process.stderr.write(`tocsin: ${oneLine(error)}\n`)
  process.exitCode = 1
}
